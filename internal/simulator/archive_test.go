package simulator

import (
	"archive/zip"
	"bytes"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

//go:generate go test -run TestDerived|TestArchive -update
var update = flag.Bool("update", false, "rewrite the derived trees and the archive of all trees")

// TestArchive: what is embedded is what stands in trees/. The bytes of the archive may differ between releases of Go.
func TestArchive(t *testing.T) {
	files, err := filepath.Glob("trees/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no trees", err)
	}
	want := make(map[string]string)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		want[filepath.Base(f)] = string(b)
	}
	if *update && !maps.Equal(unpack(t), want) {
		if err := os.WriteFile("trees/trees.zip", pack(t, want), 0o644); err != nil {
			t.Fatal(err)
		}
		return // the program that runs has the old one
	}
	if !maps.Equal(unpack(t), want) {
		t.Error("trees/trees.zip is not what stands in trees/*.txt; run go generate ./...")
	}
}

func pack(t *testing.T, files map[string]string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(t *testing.T) map[string]string {
	files := make(map[string]string)
	for _, f := range trees().File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	return files
}
