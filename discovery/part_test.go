package discovery_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// holdPart holds the part of a document between <!-- mark --> and <!-- /mark -->, which is made from code.
func holdPart(t *testing.T, file, mark, want string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->"
	before, rest, begins := strings.Cut(string(content), begin)
	part, after, ends := strings.Cut(rest, end)
	if !begins || !ends {
		t.Fatalf("%s has no %s … %s", file, begin, end)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(part, want); diff != "" {
		t.Errorf("%s is stale; run go generate ./... (-page +code):\n%s", file, diff)
	}
}
