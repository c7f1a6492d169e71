// Package corpora holds the inputs from which every fuzz target begins: things as they come from evcc, Home Assistant, the
// Supervisor, users and other programs. They are committed where go test looks for them,
// <package>/testdata/fuzz/<target>/<name>; a file there with sixteen hex digits as its name is what a fuzzer has found,
// and stays.
package corpora

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"evcc-discovery/internal/repotest"
)

//go:generate go test -run TestFuzzCorpora -update
var update = flag.Bool("update", false, "write the fuzz targets' inputs")

// corpus is the inputs of a fuzz target in a package's folder.
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

// TestFuzzCorpora: the files are what corpora says.
func TestFuzzCorpora(t *testing.T) {
	root := repotest.Root(t)
	wanted := make(map[string]bool)
	for _, c := range corpora(t) {
		for _, i := range c.inputs {
			name := path.Join(c.dir, "testdata", "fuzz", c.target, i.name)
			wanted[name] = true
			file, content := filepath.Join(root, name), encode(t, i.args)
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s is not what it should be: go generate ./internal/corpora (%v)", name, err)
			}
		}
	}
	for _, name := range repotest.Files(t) {
		folder := path.Dir(path.Dir(name))
		if strings.HasSuffix(folder, "testdata/fuzz") && !wanted[name] && !found.MatchString(path.Base(name)) {
			t.Errorf("%s belongs to no corpus", name)
		}
	}
}

var fuzzed = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// TestEveryTargetHasACorpus: every fuzz target begins from some inputs of ours.
func TestEveryTargetHasACorpus(t *testing.T) {
	inputs := make(map[string]int)
	for _, c := range corpora(t) {
		inputs[c.dir+" "+c.target] = len(c.inputs)
	}
	for _, name := range repotest.Files(t) {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range fuzzed.FindAllStringSubmatch(repotest.Read(t, name), -1) {
			target := path.Dir(name) + " " + m[1]
			if n := inputs[target]; n < 3 {
				t.Errorf("%s has only %d inputs", target, n)
			}
			delete(inputs, target)
		}
	}
	for target := range inputs {
		t.Errorf("there is no target %s", target)
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
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(repotest.Read(t, path.Join("discovery/testdata/golden", name)))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
