package discovery

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Tombstone is what is being taken out of Home Assistant: components of a device, or all of it. It stays on the broker
// until a Home Assistant that was down meanwhile has forgotten them, too: for that they are shown to it once more, in
// full, because it removes only what it has seen since its own start.
type Tombstone struct {
	Message    json.RawMessage            `json:"message,omitempty"`    // the whole message of a device that goes
	Components map[string]json.RawMessage `json:"components,omitempty"` // else those that go
}

// TombstoneTopic is where the tombstone of a config topic is retained.
func TombstoneTopic(base, config string) string { return tombstones(base) + objectOf(config) }

// TombstoneOf returns the config topic whose tombstone is retained there.
func TombstoneOf(prefix, base, topic string) (config string, ok bool) {
	object, ok := strings.CutPrefix(topic, tombstones(base))
	if !ok || !validComponent.MatchString(object) {
		return "", false
	}
	return configTopic(prefix, base, object), true
}

func tombstones(base string) string { return base + "/removal/" }

// objectOf returns the device's part of a config topic.
func objectOf(config string) string {
	object := strings.TrimSuffix(config, "/config")
	return object[strings.LastIndexByte(object, '/')+1:]
}

// Decode reads a tombstone. Anyone on the broker can write there: what Home Assistant would refuse is left out.
func (t *Tombstone) Decode(payload []byte) error {
	*t = Tombstone{}
	var read Tombstone
	if err := json.Unmarshal(payload, &read); err != nil {
		return fmt.Errorf("tombstone: %w", err)
	}
	if len(read.Message) > 0 {
		p, err := decodeParts(string(read.Message))
		if err != nil {
			return fmt.Errorf("tombstone: %w", err)
		}
		t.Message = p.encode()
		return nil
	}
	t.Components = entityComponents(read.Components)
	return nil
}

// Encode returns the tombstone's bytes, always the same for the same tombstone.
func (t Tombstone) Encode() string { return string(encode(t)) }

// RemovalComponents returns what makes Home Assistant remove the tombstone's components.
func (t Tombstone) RemovalComponents() map[string]json.RawMessage {
	removal := make(map[string]json.RawMessage, len(t.Components))
	for key, c := range t.Components {
		removal[key] = encode(struct {
			Platform string `json:"platform"`
		}{platformOf(c)})
	}
	return removal
}

// DeviceTombstone returns the tombstone of a device whose message is taken away. ok is false where there is nothing that Home
// Assistant can have taken.
func DeviceTombstone(message string) (t Tombstone, ok bool) {
	p, err := decodeParts(message)
	if err != nil {
		return Tombstone{}, false
	}
	return Tombstone{Message: p.encode()}, true
}

// WithComponents returns the message with more components in it.
func WithComponents(message string, components map[string]json.RawMessage) string {
	p, err := decodeParts(message)
	if err != nil || len(components) == 0 {
		return message
	}
	for key, c := range components {
		if _, has := p.Components[key]; !has {
			p.Components[key] = c
		}
	}
	return string(p.encode())
}

// WithoutComponents returns the message without what a tombstone holds, in whatever way that stands there; "" where nothing
// is left.
func (t Tombstone) WithoutComponents(message string) string {
	p, err := decodeParts(message)
	if err != nil {
		return ""
	}
	for key := range t.Components {
		delete(p.Components, key)
	}
	if len(p.Components) == 0 {
		return ""
	}
	return string(p.encode())
}

// RemovalMessage returns the message that makes Home Assistant remove every component of this one. ok is false where there is
// none.
func RemovalMessage(message string) (removal string, ok bool) {
	p, err := decodeParts(message)
	if err != nil {
		return "", false
	}
	p.Components = Tombstone{Components: p.Components}.RemovalComponents()
	return string(p.encode()), true
}

// DroppedComponents returns the components of a message that another one for the same device does not have; "" has none.
func DroppedComponents(message, other string) map[string]json.RawMessage {
	if message == other {
		return nil
	}
	before, err := decodeParts(message)
	if err != nil {
		return nil // Home Assistant has refused it
	}
	if other == "" {
		return before.Components
	}
	after, err := decodeParts(other)
	if err != nil {
		return nil
	}
	for key := range after.Components {
		delete(before.Components, key)
	}
	return before.Components
}

// Keys returns the keys of a message's components, sorted.
func Keys(message string) []string {
	p, err := decodeParts(message)
	if err != nil {
		return nil
	}
	keys := make([]string, 0, len(p.Components))
	for key := range p.Components {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// parts is a device message as it is on the broker.
type parts struct {
	Device           json.RawMessage            `json:"device"`
	Origin           json.RawMessage            `json:"origin,omitempty"`
	Availability     json.RawMessage            `json:"availability,omitempty"`
	AvailabilityMode json.RawMessage            `json:"availability_mode,omitempty"`
	Components       map[string]json.RawMessage `json:"components"`
}

func decodeParts(message string) (parts, error) {
	var p parts
	if err := json.Unmarshal([]byte(message), &p); err != nil {
		return parts{}, err
	}
	p.Components = entityComponents(p.Components)
	if len(p.Components) == 0 || len(p.Device) == 0 {
		return parts{}, fmt.Errorf("no device message")
	}
	return p, nil
}

func (p parts) encode() []byte { return encode(p) }

// entityComponents returns those components that Home Assistant has made an entity of: the others are on their way out, or were
// never written by this program.
func entityComponents(components map[string]json.RawMessage) map[string]json.RawMessage {
	kept := make(map[string]json.RawMessage, len(components))
	for key, c := range components {
		var known struct {
			UniqueID string `json:"unique_id"`
		}
		if validComponent.MatchString(key) && platformOf(c) != "" && json.Unmarshal(c, &known) == nil && known.UniqueID != "" {
			kept[key] = c
		}
	}
	return kept
}

// platformOf returns the platform of a component, "" for one that Home Assistant may not know: that would cost the
// whole message.
func platformOf(component json.RawMessage) string {
	var c struct {
		Platform string `json:"platform"`
	}
	if json.Unmarshal(component, &c) != nil || !slices.Contains(platforms, c.Platform) {
		return ""
	}
	return c.Platform
}

// platforms are what a device message of the oldest Home Assistant may hold.
var platforms = []string{"binary_sensor", "button", "date", "datetime", "event", "number", "select", "sensor", "switch", "text", "time"}

// encode returns JSON as Message.Encode does.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // templates compare with < and >
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("discovery: %v", err)) // strings and JSON that was read before
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
