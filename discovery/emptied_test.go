package discovery_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
)

// What a message reads of evcc is read of a topic of ours in between; everything else stays.
func TestEmptied(t *testing.T) {
	t.Parallel()
	for _, root := range []string{"evcc", `o"dd/röot`} {
		s := site(t)
		s.Root = root
		message := s.Wanted(counted([]string{"Garage"}), discovery.Registry{}, true).Configs[1].Payload
		emptied := s.Emptied(message, "loadpoint/1")
		var before, after map[string]any
		if err := errors.Join(json.Unmarshal([]byte(message), &before), json.Unmarshal([]byte(emptied), &after)); err != nil {
			t.Fatal(err)
		}
		for _, c := range before["components"].(map[string]any) {
			if reads, ok := c.(map[string]any)["state_topic"].(string); ok && strings.HasPrefix(reads, root+"/") {
				c.(map[string]any)["state_topic"] = s.EmptyTopic("loadpoint/1")
			}
		}
		if diff := cmp.Diff(before, after); diff != "" || message == emptied {
			t.Errorf("%s (-want +got):\n%s", root, diff)
		}
		for _, test := range []struct {
			message, key string
			index        int
			want         discovery.Reading
		}{
			{message, "loadpoint/1", 1, discovery.Here},
			{message, "loadpoint/1", 2, discovery.Elsewhere},
			{message, "loadpoint/2", 1, discovery.Neither},
			{emptied, "loadpoint/1", 1, discovery.Nothing},
			{"", "loadpoint/1", 1, discovery.Neither},
		} {
			if got := s.Reads(test.message, test.key, test.index); got != test.want {
				t.Errorf("%s, %s at %d: %d, want %d", root, test.key, test.index, got, test.want)
			}
		}
	}
}
