package app_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// Dump prints the messages that Run would retain, and publishes nothing at all.
func TestDump(t *testing.T) {
	t.Parallel()
	everyProfile(t, func(t *testing.T, tree string) {
		w := newWorld(t, tree)
		line := newTap(t, w.broker)
		w.up(t)
		a, log := newApp(line.broker)
		var out bytes.Buffer
		a.Out = &out
		if err := a.Dump(t.Context()); err != nil {
			t.Fatalf("%v\n%s", err, log)
		}
		if sent := line.topics(); len(sent) > 0 {
			t.Errorf("dump published %q", sent)
		}
		var list []struct {
			Topic   string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(out.Bytes(), &list); err != nil {
			t.Fatalf("%v\n%.1000s", err, &out)
		}
		dumped := make(map[string]string)
		for _, m := range list {
			dumped[m.Topic] = compact(t, m.Payload)
		}
		w.published(t)
		w.wait(t, ready, "online")
		kept := ours(t, w.broker)
		delete(kept, status)
		maps.DeleteFunc(kept, func(topic, _ string) bool { return strings.HasSuffix(topic, "/set") })
		same(t, "dumped", kept, dumped)

		out.Reset() // beside a running adapter: the devices again
		if err := a.Dump(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), `/config",`); n != w.configs() {
			t.Errorf("%d devices are dumped beside a running adapter, want %d", n, w.configs())
		}
	})
}

// compact undoes the indentation of a payload; texts are shown as JSON strings.
func compact(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Remove leaves nothing of ours and everything of evcc's, but only when the program is stopped.
func TestRemove(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T) {
		w := newWorld(t, newest)
		evcc := w.up(t)
		adapter, _ := w.published(t)
		w.wait(t, ready, "online")
		before := ours(t, w.broker)

		remover, log := newApp(w.broker)
		if err := remover.Remove(t.Context(), []string{"--frce"}); err == nil || !strings.Contains(err.Error(), "frce") {
			t.Errorf("a wrong flag: %v", err)
		}
		err := remover.Remove(t.Context(), nil)
		if err == nil || !strings.Contains(err.Error(), "stop it first") {
			t.Errorf("beside a running program: %v", err)
		}
		same(t, "refused", before, ours(t, w.broker))

		adapter.stop()
		evcc.stop() // so that its values stay
		before = retained(t, w.broker)
		for _, want := range []string{"removed 10 devices and ", "removed 0 devices and 0 other topics"} {
			var out bytes.Buffer
			remover.Out = &out
			if err := remover.Remove(t.Context(), nil); err != nil {
				t.Fatalf("%v\n%s", err, log)
			}
			if !strings.Contains(out.String(), want) {
				t.Errorf("printed %q, want %q", out.String(), want)
			}
		}
		after := retained(t, w.broker)
		maps.DeleteFunc(before, func(topic, _ string) bool { return own(topic) })
		same(t, "removed", before, after)
	})
}
