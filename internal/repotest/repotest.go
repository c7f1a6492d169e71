// Package repotest lets a test read the repository that it belongs to, wherever in it the test runs.
package repotest

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Root returns the repository's folder: the innermost one with a go.mod.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// Read returns a file's content, by its path from the root.
func Read(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(Root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// Files lists what a clone has, and what is not committed yet, as paths from the root with slashes.
func Files(t testing.TB) (names []string) {
	t.Helper()
	all := walk(t)
	root := Root(t)
	git := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	git.Dir = root
	if out, err := git.Output(); err == nil {
		for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
			if _, err := os.Lstat(filepath.Join(root, name)); err == nil { // else deleted and not committed
				names = append(names, name)
			}
		}
		return names
	}
	return all // no git, or no clone
}

// walk lists every file. To go test, which remembers what a test has opened, each folder is a reason to run it again; what
// git and go list read for a test is not.
func walk(t testing.TB) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(Root(t)), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case !d.IsDir():
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
