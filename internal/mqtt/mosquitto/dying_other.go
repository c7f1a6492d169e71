//go:build !linux

package mosquitto

import "syscall"

func dying() *syscall.SysProcAttr { return nil }
