package process

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel end the program when the test binary dies without cleaning up, as it
// does on a panic or when `go test -timeout` strikes.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
