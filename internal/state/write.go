package state

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// mostBytes is more than the registries of hundreds of sites need.
const mostBytes = 64 << 20

// open opens the file, which must be a regular one: nothing else is waited for.
func open(path string, flag int) (*os.File, error) {
	file, err := os.OpenFile(path, flag|nonblocking, 0)
	if err != nil {
		if errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ENXIO) { // a directory, a pipe that nobody reads
			err = errNoFile
		}
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

func readBounded(path string) ([]byte, error) {
	file, err := open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if err == nil && len(b) > mostBytes {
		err = errLarge
	}
	return b, err
}

// take makes sure that the file is ours alone. It is fs.ErrNotExist while there is none.
func (f *File) take() error {
	if f.holds() {
		return nil
	}
	f.release()
	file, err := open(f.path, os.O_RDONLY)
	if err != nil {
		return err
	}
	if err := lock(file); err != nil {
		_ = file.Close()
		return err
	}
	if f.held = file; !f.holds() { // replaced between the two
		f.release()
		return errUsed
	}
	return nil
}

// holds reports whether what is locked is what the path names.
func (f *File) holds() bool {
	if f.held == nil {
		return false
	}
	locked, err := f.held.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(f.path)
	return err == nil && os.SameFile(locked, there)
}

func (f *File) release() {
	if f.held != nil {
		_ = f.held.Close()
		f.held = nil
	}
}

// replace writes beside the file and renames. Where that cannot be (a single file mounted into a container, a directory
// that is read-only) it writes into the file.
func (f *File) replace(b []byte) error {
	t, err := os.CreateTemp(filepath.Dir(f.path), ".state-*")
	if err != nil {
		return f.orInto(b, err)
	}
	_, err = t.Write(b)
	if err = errors.Join(err, t.Sync(), lock(t)); err == nil {
		err = os.Rename(t.Name(), f.path)
	}
	if err != nil {
		return errors.Join(f.orInto(b, err), t.Close(), os.Remove(t.Name()))
	}
	f.release()
	f.held = t // locked before anyone could see it
	return nil
}

// orInto writes into the file where a directory is what has refused; else it returns why.
func (f *File) orInto(b []byte, refused error) error {
	for _, of := range []error{syscall.EBUSY, syscall.EXDEV, syscall.EROFS, syscall.EACCES, syscall.EPERM} {
		if errors.Is(refused, of) {
			return f.into(b)
		}
	}
	return refused
}

// into writes over the file, and puts back what was there should the disk be full.
func (f *File) into(b []byte) error {
	before, err := readBounded(f.path)
	if err != nil {
		return err
	}
	file, err := open(f.path, os.O_WRONLY)
	if err != nil {
		return err
	}
	if err = over(file, b); err != nil {
		err = errors.Join(err, over(file, before))
	}
	return errors.Join(err, file.Close())
}

func over(file *os.File, b []byte) error {
	_, err := file.WriteAt(b, 0)
	return errors.Join(err, file.Truncate(int64(len(b))), file.Sync())
}

// Remove removes the file at path, or empties it where it cannot be removed. An empty path and a missing file are fine.
func Remove(path string) error {
	if path == "" {
		return nil
	}
	file, err := open(path, os.O_WRONLY)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return &Error{path, err}
	}
	defer file.Close()
	if os.Remove(path) == nil {
		return nil
	}
	if err := over(file, nil); err != nil {
		return &Error{path, err}
	}
	return nil
}
