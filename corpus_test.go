package main_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

//go:generate go test -run TestFuzzCorpora -update
var update = flag.Bool("update", false, "write the fuzz targets' inputs")

// A corpus holds the inputs from which a fuzz target begins: things as they come from evcc, Home Assistant, the Supervisor,
// users and other programs. They are committed where go test looks for them, <package>/testdata/fuzz/<target>/<name>; a
// file there with sixteen hex digits as its name is what a fuzzer has found, and stays.
type corpus struct {
	target, dir string
	inputs      []input
}

// input is one file: its name, and the target's arguments.
type input struct {
	name string
	args []any
}

func in(name string, args ...any) input { return input{name, args} }

// found is how the fuzzer names what it finds.
var found = regexp.MustCompile(`^[0-9a-f]{16}$`)

// TestFuzzCorpora: every target has a corpus of some inputs, and the files are what corpora says.
func TestFuzzCorpora(t *testing.T) {
	wanted := make(map[string]bool)
	for _, c := range corpora(t) {
		if len(c.inputs) < 3 {
			t.Errorf("%s has only %d inputs", c.target, len(c.inputs))
		}
		for _, i := range c.inputs {
			path := filepath.Join(c.dir, "testdata", "fuzz", c.target, i.name)
			wanted[path] = true
			content := encode(t, i.args)
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s is not what it should be: go generate . (%v)", path, err)
			}
		}
	}
	fuzzed := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
			return err
		case filepath.Base(filepath.Dir(filepath.Dir(path))) == "fuzz":
			if !wanted[path] && !found.MatchString(d.Name()) {
				t.Errorf("%s belongs to no corpus", path)
			}
		case strings.HasSuffix(path, "_test.go"):
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range fuzzed.FindAllStringSubmatch(string(source), -1) {
				if files, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "testdata", "fuzz", m[1], "*")); len(files) < 3 {
					t.Errorf("%s in %s has a corpus of %d files", m[1], path, len(files))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// encode writes an input as go test reads it.
func encode(t *testing.T, args []any) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("go test fuzz v1\n")
	for _, arg := range args {
		switch x := arg.(type) {
		case string, []byte:
			fmt.Fprintf(&b, "%T(%q)\n", x, x)
		case uint8:
			fmt.Fprintf(&b, "byte(%q)\n", x)
		case bool, int, int64, uint16, uint64:
			fmt.Fprintf(&b, "%T(%v)\n", x, x)
		default:
			t.Fatalf("no input is a %T", arg)
		}
	}
	return bytes.ReplaceAll(b.Bytes(), []byte("[]uint8("), []byte("[]byte("))
}

// golden is a message that this program publishes, as it goes over the wire.
func golden(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("discovery", "testdata", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Compact(&b, content); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
