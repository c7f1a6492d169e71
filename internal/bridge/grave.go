package bridge

import (
	"time"

	"evcc-discovery/discovery"
)

// grave is what goes of one device.
type grave struct {
	discovery.Tombstone
	plain string // the device's message without what goes; "" while it is not known, or when the whole device goes
	stage stage
	last  bool      // Home Assistant has started: after this run it is forgotten
	over  time.Time // when that run ended; zero = it has not
	left  bool      // the broker did not take what had to be seen of this run
}

// lateWill is how long a broker may take to tell that Home Assistant's connection had broken without a word: one and a half of
// its keepalive, and a bit. Until then what ran for the last time may not have been seen.
const lateWill = 100 * time.Second

// stage is how what goes stands in the device's message.
type stage uint8

const (
	inFull  stage = iota // as it was
	reduced              // as what Home Assistant takes for its end
	out                  // not at all
)

func (g *grave) whole() bool { return len(g.Message) > 0 }

// begin lets it run from its start.
func (g *grave) begin(last bool) { g.stage, g.last, g.over, g.left = inFull, last, zero, false }

// message is what shall be on the broker; "" when nothing shall.
func (g *grave) message() string {
	switch {
	case g.whole() && g.stage == inFull:
		return string(g.Message)
	case g.whole():
		return ""
	case g.stage == inFull:
		return discovery.WithComponents(g.plain, g.Components)
	case g.stage == reduced:
		return discovery.WithComponents(g.plain, g.RemovalComponents())
	}
	return g.plain
}

// runs reports whether there is something to do before the next birth.
func (g *grave) runs() bool { return g.stage != out && (g.whole() || g.plain != "") }
