package bridge

import (
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/bridge/step"
)

// recorded is what Home Assistant's recorder keeps of an entity's attributes; it complains about more.
const recorded = 16384

// Rubbish on every command topic: what is said of it stays small, and readable.
func TestRubbishStaysSmall(t *testing.T) {
	for name, rubbish := range map[string]string{
		"control bytes": strings.Repeat("\x01", 510),
		"quotes":        strings.Repeat(`"\`, 255),
		"not UTF-8":     strings.Repeat("\xff", 510),
		"wide":          strings.Repeat("日", 170),
		"too long":      strings.Repeat("9", 5000),
		"JSON":          `{"value":"` + strings.Repeat("\x02", 400) + `"}`,
		"time":          `{"value":50,"time":"` + strings.Repeat(`\n`, 200) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, now := runningCore(t, "0.313.2")
			for _, title := range []string{"evcc/loadpoints/1/title", "evcc/loadpoints/2/title"} {
				echo(c, now, c.Step(step.Event{At: now, Kind: step.Received, Topic: title, Payload: []byte(strings.Repeat(`"`, 900))}))
			}
			e := newStub(c, now)
			e.pass(5 * time.Second)
			for _, topic := range topics(c) {
				e.command(topic, rubbish)
			}
			e.command("evcc-discovery/evcc/"+strings.Repeat("\x03", 400)+"/set", rubbish)
			e.pass(5 * time.Second)
			if e.results["refused"] < 50 {
				t.Fatalf("only %d controls have failed", e.results["refused"])
			}
			shown := 0
			for topic, payload := range c.store.All() {
				if strings.HasSuffix(topic, "/attributes") {
					shown++
					if len(payload) >= recorded {
						t.Errorf("%s has %d bytes", topic, len(payload))
					}
					if strings.Contains(payload, `\u00`) || strings.Contains(payload, `\\x`) {
						t.Errorf("%s cannot be read: %.300s", topic, payload)
					}
				}
			}
			if shown < 3 {
				t.Errorf("%d topics with attributes", shown)
			}
		})
	}
}
