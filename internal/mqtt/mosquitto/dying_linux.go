package mosquitto

import "syscall"

// dying lets a broker end with the test's process, also with one that is killed or has run out of time.
func dying() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
