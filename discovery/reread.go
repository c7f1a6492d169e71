package discovery

import (
	"encoding/hex"
	"hash/fnv"
	"maps"
	"regexp"
	"strings"

	"evcc-discovery/entities"
)

// qos1Mark marks a subscription with quality of service 1 in the registry.
const qos1Mark = "+"

var validRead = regexp.MustCompile(`^[0-9a-f]{8}\+?$`)

// reread returns the quality of service with which Home Assistant subscribes to the instance's state. It reads a
// retained state anew only when topic, quality or encoding of the subscription change. So whenever other values are
// readable than in the message before (a mode that a newer evcc has, a wider range), the quality goes from 0 to 1 or
// back: the value that evcc has published by then shows at once, and not a round of evcc later.
func (b *builder) reread(in *entities.Instance, template string) int {
	if in.Row.Platform != entities.Number && len(in.Row.Options) == 0 {
		return 0 // whatever comes is readable, always
	}
	h := fnv.New32a()
	h.Write([]byte(template))
	key, now := in.Row.ComponentKey(), hex.EncodeToString(h.Sum(nil))
	last, flipped := strings.CutSuffix(b.entry.Reads[key], qos1Mark)
	if last != "" && last != now {
		flipped = !flipped
	}
	if last != now {
		b.entry.Reads = maps.Clone(b.entry.Reads) // the one before is what the broker has
		if b.entry.Reads == nil {
			b.entry.Reads = make(map[string]string)
		}
		b.entry.Reads[key] = now
		if flipped {
			b.entry.Reads[key] += qos1Mark
		}
	}
	if flipped {
		return 1
	}
	return 0
}
