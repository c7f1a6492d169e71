package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Error says what is wrong with the file. The program goes on without what it held.
type Error struct {
	Path string
	Err  error
}

func (e *Error) Error() string {
	err := e.Err
	if p := (*fs.PathError)(nil); errors.As(err, &p) { // the path may be that of a file beside it, with another name each time
		err = p.Err
	} else if l := (*os.LinkError)(nil); errors.As(err, &l) {
		err = l.Err
	}
	return fmt.Sprintf("state file %s: %v", e.Path, err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

var (
	errUsed   = errors.New("another program uses it")
	errNoFile = errors.New("not a regular file")
	errLarge  = fmt.Errorf("larger than %d bytes", mostBytes)
)

// Hint says what that means for the user.
func (e *Error) Hint() string {
	const broker = "; until then ids are kept on the broker only"
	switch {
	case errors.Is(e.Err, errUsed):
		return "give each evcc-discovery a file of its own in EVCC_DISCOVERY_STATE_FILE" + broker
	case errors.Is(e.Err, errNoFile):
		return "name a file in EVCC_DISCOVERY_STATE_FILE" + broker
	case errors.Is(e.Err, syscall.ENOSPC), errors.Is(e.Err, syscall.EDQUOT):
		return "the disk is full: make room" + broker
	case errors.Is(e.Err, fs.ErrPermission), errors.Is(e.Err, syscall.EROFS):
		return "let this program write the file, or name another one in EVCC_DISCOVERY_STATE_FILE" + broker
	case errors.Is(e.Err, fs.ErrNotExist):
		return "make the directory, or name a file in another one in EVCC_DISCOVERY_STATE_FILE" + broker
	}
	return "ids are on the broker as well; the file is rewritten at the next change"
}
