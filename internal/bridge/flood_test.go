package bridge

import (
	"fmt"
	"strings"
	"testing"

	"evcc-discovery/internal/bridge/step"
)

// Whoever floods our base topic, also before our own topics come: the registry is read, and the flood is named.
func TestFloodBelowBase(t *testing.T) {
	t.Parallel()
	c, now := runningCore(t, "0.313.2")
	registry := c.store.Have("evcc-discovery/evcc/registry")
	c.Step(step.Event{At: now, Kind: step.Lost})
	c.Step(step.Event{At: now, Kind: step.Connected})
	for i := range 2 * mostTopics {
		c.Step(step.Event{At: now, Kind: step.Received, Topic: fmt.Sprint("evcc-discovery/a/", i), Payload: []byte("x"), Retained: true})
	}
	const config = "homeassistant/device/evcc-discovery/evcc_site/config"
	for topic, payload := range map[string]string{"evcc-discovery/evcc/registry": registry, config: "{}"} {
		c.Step(step.Event{At: now, Kind: step.Received, Topic: topic, Payload: []byte(payload), Retained: true})
		if got := c.store.Have(topic); got == "" || got != payload {
			t.Errorf("%s is %q", topic, got)
		}
	}
	if n := len(c.store.All()); n > mostTopics+3 {
		t.Errorf("%d topics are remembered", n)
	}
	now = now.Add(learnAtMost)
	c.Step(step.Event{At: now, Kind: step.Tick})
	told := c.store.Have("evcc-discovery/adapter/problem/attributes")
	if !strings.Contains(told, `"code":"flood"`) || !strings.Contains(told, `"where":"evcc-discovery"`) {
		t.Errorf("the flood is not named: %s", told)
	}
}
