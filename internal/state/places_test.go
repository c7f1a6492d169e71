//go:build linux

package state_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"evcc-discovery/discovery"
	"evcc-discovery/internal/state"
)

// place says what the file's place is like; the test runs again, alone, in a name space of its own where it can mount.
const place = "TEST_STATE_PLACE"

// places make, in an empty directory, the directory of the state file what the name says.
var places = map[string]struct {
	make   func(t *testing.T, dir string)
	works  bool
	reason string // in the error
	hint   string
}{
	"a single file is mounted": {func(t *testing.T, dir string) {
		write(t, dir+"-outside", "")
		write(t, dir+"/state.json", "")
		mount(t, dir+"-outside", dir+"/state.json", "", syscall.MS_BIND, "")
	}, true, "", ""},
	"a single file is mounted into what is read-only": {func(t *testing.T, dir string) {
		mount(t, "tmpfs", dir, "tmpfs", 0, "")
		write(t, dir+"-outside", "")
		write(t, dir+"/state.json", "")
		mount(t, dir+"-outside", dir+"/state.json", "", syscall.MS_BIND, "")
		mount(t, "", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	}, true, "", ""},
	"everything is read-only": {func(t *testing.T, dir string) {
		mount(t, "tmpfs", dir, "tmpfs", 0, "")
		write(t, dir+"/state.json", "")
		mount(t, "", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	}, false, "read-only file system", "let this program write the file"},
	"the disk is full": {func(t *testing.T, dir string) {
		mount(t, "tmpfs", dir, "tmpfs", 0, "size=16k")
		write(t, dir+"/state.json", "")
		file, err := os.Create(filler(dir))
		check(t, err)
		for err == nil {
			_, err = file.Write(make([]byte, 1024))
		}
		check(t, file.Close())
	}, false, "no space left on device", "make room"},
	"a directory": {func(t *testing.T, dir string) { check(t, os.Mkdir(dir+"/state.json", 0o700)) }, false, "not a regular file", "name a file"},
	"a pipe":      {func(t *testing.T, dir string) { check(t, syscall.Mkfifo(dir+"/state.json", 0o600)) }, false, "not a regular file", "name a file"},
	"a device": {func(t *testing.T, dir string) {
		check(t, os.Symlink("/dev/zero", dir+"/state.json"))
	}, false, "not a regular file", "name a file"},
	"no directory":  {func(t *testing.T, dir string) { check(t, os.Remove(dir)) }, false, "no such file or directory", "make the directory"},
	"a broken link": {func(t *testing.T, dir string) { check(t, os.Symlink("nowhere", dir+"/state.json")) }, true, "", ""},
}

func TestPlaces(t *testing.T) {
	for name, p := range places {
		t.Run(name, func(t *testing.T) {
			if os.Getenv(place) != "" {
				inPlace(t, p.make, p.works, p.reason, p.hint)
				return
			}
			t.Parallel()
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPlaces$/^"+strings.ReplaceAll(name, " ", "_")+"$", "-test.timeout=20s")
			command.Env = append(os.Environ(), place+"=1")
			command.SysProcAttr = &syscall.SysProcAttr{
				Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
				UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
			}
			out, err := command.CombinedOutput()
			var ended *exec.ExitError
			switch {
			case err == nil:
			case errors.As(err, &ended):
				t.Errorf("%s", out)
			default:
				t.Skip("no name spaces here:", err)
			}
		})
	}
}

// inPlace opens and saves, twice, as two runs of the program do.
func inPlace(t *testing.T, prepare func(*testing.T, string), works bool, reason, hint string) {
	dir := filepath.Join(t.TempDir(), "data")
	check(t, os.Mkdir(dir, 0o700))
	prepare(t, dir)
	path := filepath.Join(dir, "state.json")
	f, err := state.Open(path, "mine")
	if works && err != nil {
		t.Error("opened:", err)
	}
	large := discovery.Registry{Objects: map[string]discovery.Entry{"loadpoint/1": {Slug: strings.Repeat("x", 200), Rows: []string{strings.Repeat("a", 100)}}}}
	for _, r := range []discovery.Registry{large, registry} {
		err = f.Save("evcc", r.Encode())
		if works != (err == nil) {
			t.Fatalf("saved: %v", err)
		}
	}
	if len(f.Known()) != 1 {
		t.Error("what could not be written is forgotten")
	}
	if _, err := os.Stat(filler(dir)); err == nil { // when there is room it is written by itself
		defer func() {
			check(t, os.Remove(filler(dir)))
			if err := f.Retry(); err != nil {
				t.Errorf("with room: %v", err)
			}
			f.Close()
			if again, err := state.Open(path, "mine"); err != nil || len(again.Known()) != 1 {
				t.Errorf("with room: %v, %v", again.Known(), err)
			}
		}()
	}
	f.Close()
	if works {
		again, err := state.Open(path, "mine")
		if known := again.Known(); err != nil || len(known["evcc"].Objects) != 1 || known["evcc"].Objects["loadpoint/1"].Slug != "garage" {
			t.Errorf("read again: %v, %v", known, err)
		}
		if files, _ := filepath.Glob(dir + "/.state*"); len(files) > 0 {
			t.Errorf("%q is left", files)
		}
		return
	}
	var named *state.Error
	if !errors.As(err, &named) || !strings.Contains(err.Error(), reason) || !strings.Contains(named.Hint(), hint) || strings.Contains(err.Error(), ".state-") {
		t.Errorf("%v; hint: %s", err, named.Hint())
	}
	if err := state.Remove(path); err == nil && reason == "not a regular file" {
		t.Error("removed what is no file of ours")
	}
}

// Of two programs the second one says so, takes nothing away, and has the file when the first has ended.
func TestTwoPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	write(t, path, "")
	first, err := state.Open(path, "mine")
	check(t, err)
	for _, base := range []string{"mine", "another"} {
		check(t, first.Save("evcc", registry.Encode()))
		second, err := state.Open(path, base)
		var named *state.Error
		if !errors.As(err, &named) || !strings.Contains(err.Error(), "another program uses it") || !strings.Contains(named.Hint(), "a file of its own") {
			t.Fatalf("%s: %v", base, err)
		}
		if base == "mine" && len(second.Known()) != 1 {
			t.Error("what a program of our base topic remembers is not known")
		}
		if err := second.Save("haus", registry.Encode()); err == nil {
			t.Error("the second one writes, too")
		}
		check(t, first.Save("evcc", registry.Encode()))
		first.Close()
		if err := second.Retry(); err != nil {
			t.Errorf("when the first has ended: %v", err)
		}
		second.Close()
		if again, err := state.Open(path, base); err != nil || again.Known()["haus"].Objects == nil {
			t.Errorf("%s: what the second wanted to write: %v, %v", base, again.Known(), err)
		} else {
			again.Close()
		}
		first, err = state.Open(path, "mine")
		check(t, err)
	}
}

// A file that somebody removes or puts back meanwhile is written again.
func TestReplacedMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	f, err := state.Open(path, "mine")
	check(t, err)
	for _, tamper := range []func(){
		func() {}, func() { check(t, os.Remove(path)) },
		func() { check(t, os.Rename(path, path+".old")); write(t, path, "old") },
	} {
		check(t, f.Save("evcc", registry.Encode()))
		tamper()
	}
	check(t, f.Save("evcc", registry.Encode()))
	f.Close()
	if again, err := state.Open(path, "mine"); err != nil || len(again.Known()) != 1 {
		t.Errorf("%v, %v", again.Known(), err)
	}
	if err := state.Remove(path); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("not removed")
	}
}

// filler is what takes all the room.
func filler(dir string) string { return dir + "/filler" }

func mount(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	check(t, syscall.Mount(source, target, kind, flags, data))
	t.Cleanup(func() { _ = syscall.Unmount(target, syscall.MNT_DETACH) })
}

func write(t *testing.T, path, content string) {
	t.Helper()
	check(t, os.WriteFile(path, []byte(content), 0o600))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
