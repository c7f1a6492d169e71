//go:build unix

package state

import (
	"errors"
	"os"
	"syscall"
)

// nonblocking opens a pipe without waiting for its other end.
const nonblocking = syscall.O_NONBLOCK

// lock locks an open file until it is closed, or returns errUsed. File systems without locks have none.
func lock(file *os.File) error {
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return errUsed
	}
	return nil
}
