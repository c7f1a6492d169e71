package placestest

import (
	"cmp"
	"flag"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	single = flag.String("case", "", "play this one only, and tell its story")
	shrink = flag.Bool("shrink", false, "take out of testdata/known.txt what does not fail any more")
)

// known lists the parts of cases that fail today. It can only become shorter: what fails and is not in it is an error, and so
// is what is in it and does not fail.
const known = "testdata/known.txt"

// heading is its first line.
const heading = "# Parts of cases of TestChangesOfPlaces that are known to fail, one a line. What is mended goes: go test ./internal/placestest -shrink\n"

// stride is 1 where every script is played, 10 where every tenth is.
var stride = 1

// TestChangesOfPlaces plays all scripts.
func TestChangesOfPlaces(t *testing.T) {
	if *single != "" {
		tellStory(t, *single)
		return
	}
	list := scripts()
	excluded := make(map[string]int)
	list = slices.DeleteFunc(list, func(s script) bool {
		excluded[s.excluded]++
		return s.excluded != ""
	})
	delete(excluded, "")
	for i := range len(list) / stride {
		list[i] = list[i*stride]
	}
	list = list[:len(list)/stride]
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // the garbage of many small worlds
	results := playAll(list)
	story, err := playFile(inserted, false)
	if err != nil {
		t.Fatal(err)
	}
	results = append(results, story.results...)
	compare(t, results)
	for _, why := range slices.Sorted(maps.Keys(excluded)) {
		t.Logf("excluded by name: %d × %s", excluded[why], why)
	}
	t.Logf("%d cases are played, in %d parts", len(list), len(results))
}

// playAll returns the parts of all cases.
func playAll(list []script) (results []result) {
	next := make(chan script)
	var players sync.WaitGroup
	var mutex sync.Mutex
	for range runtime.GOMAXPROCS(0) {
		players.Go(func() {
			for s := range next {
				g := play(s, false)
				mutex.Lock()
				results = append(results, g.results...)
				mutex.Unlock()
			}
		})
	}
	for _, s := range list {
		next <- s
	}
	close(next)
	players.Wait()
	return results
}

// compare holds the results against the list of what is known to fail.
func compare(t *testing.T, results []result) {
	t.Helper()
	listed, kinds, failing := readKnown(t), make(map[string]int), []string(nil)
	for _, r := range results {
		for _, f := range r.faults {
			kinds[f.kind]++
		}
		switch expected := listed[r.name]; {
		case expected && len(r.faults) > 0:
			failing = append(failing, r.name)
		case len(r.faults) > 0:
			t.Errorf("%s: %s: %s (its story: -v -case %q)", r.name, r.faults[0].kind, r.faults[0].text, r.name)
		case expected && !*shrink:
			t.Errorf("%s does not fail any more: take it out of %s, with -shrink", r.name, known)
		}
		delete(listed, r.name)
	}
	slices.Sort(failing)
	t.Logf("%d of %d parts are known to fail", len(failing), len(results))
	for _, kind := range slices.SortedFunc(maps.Keys(kinds), func(a, b string) int { return cmp.Or(kinds[b]-kinds[a], strings.Compare(a, b)) }) {
		t.Logf("%6d × %s", kinds[kind], kind)
	}
	switch {
	case stride > 1:
	case *shrink:
		if err := os.WriteFile(known, []byte(heading+strings.Join(append(failing, ""), "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	case len(listed) > 0:
		t.Errorf("%s lists what is no part of a case: %q", known, slices.Sorted(maps.Keys(listed)))
	}
}

func readKnown(t *testing.T) map[string]bool {
	t.Helper()
	content, err := os.ReadFile(known)
	if err != nil {
		t.Fatal(err)
	}
	listed := make(map[string]bool)
	for line := range strings.Lines(string(content)) {
		if name := strings.TrimSpace(line); !strings.HasPrefix(name, "#") {
			listed[name] = true
		}
	}
	return listed
}

func tellStory(t *testing.T, name string) {
	t.Helper()
	if name == inserted {
		g, err := playFile(inserted, true)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(strings.Join(g.story, "\n"))
		return
	}
	for _, s := range scripts() {
		if strings.HasPrefix(name, s.name) && (name == s.name || name[len(s.name)] == ',') {
			t.Log(strings.Join(play(s, true).story, "\n"))
			return
		}
	}
	t.Errorf("there is no case %q", name)
}
