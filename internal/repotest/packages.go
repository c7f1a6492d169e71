package repotest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// Module is the module's path.
const Module = "evcc-discovery"

// Package is what "go list -json" tells of a package.
type Package struct {
	ImportPath   string
	Dir          string
	Standard     bool
	GoFiles      []string
	EmbedFiles   []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// Packages returns the module's packages by import path.
func Packages(t testing.TB) map[string]Package {
	t.Helper()
	return List(t, nil, Module+"/...")
}

// List asks go list, with more in its environment.
func List(t testing.TB, environment []string, args ...string) map[string]Package {
	t.Helper()
	walk(t)
	list := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,Standard,GoFiles,EmbedFiles,Imports,TestImports,XTestImports"}, args...)...)
	list.Env = append(list.Environ(), environment...)
	out, err := list.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("go list: %v\n%s", err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	packages := make(map[string]Package)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p Package
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}
