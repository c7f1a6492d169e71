package bridge

import (
	"maps"
	"strings"
	"time"
)

// Where evcc does not tell its interval, it is its default.
const defaultInterval = 30 * time.Second

// longestInterval bounds what evcc may tell: a wait that never ends would be no wait.
const longestInterval = 24 * time.Hour

// presence follows whether what evcc left on the broker can be trusted.
type presence struct {
	online  bool            // evcc says so
	blanked bool            // evcc has emptied its tree: it starts or stops
	stale   bool            // the values are those of a run that crashed
	pending map[string]bool // loadpoints that have not reported since evcc came online
	since   time.Time       // evcc online, or connected to the broker: later of both
	heard   time.Time       // the last message of evcc
	aged    bool            // the broker has come back with an old memory: its values are older than those that we had
	spoke   bool            // something but its status was heard since then
	silent  bool            // nothing for too long, or evcc says online anew: the values may be those of another run
}

// forget: nothing was heard yet.
func (p *presence) forget(c *Core) { *p = presence{since: c.step.Now, heard: c.step.Now} }

// status takes evcc's own presence topic. Offline without blanking is a crash, or an evcc too old to blank. Online where it
// was online already may be an evcc that has started after a crash that the broker has not told: the next value tells.
func (p *presence) status(online bool, loadpoints []string) {
	if !online && p.online && !p.blanked {
		p.stale = true
	}
	if online && p.online && !p.blanked {
		p.silent = true
	}
	p.online = online
	if online && p.stale {
		p.await(loadpoints)
	}
	if !online {
		p.silent = false // the status says it all
	}
}

// await trusts the tree again once each loadpoint has reported live: a full cycle of evcc.
func (p *presence) await(loadpoints []string) {
	p.stale = true
	p.pending = make(map[string]bool, len(loadpoints))
	for _, l := range loadpoints {
		p.pending[l] = true
	}
}

// limit forgets loadpoints that a restarted evcc does not have any more, and waits for all of them where it was not known
// before how many there are.
func (p *presence) limit(loadpoints []string) {
	if p.stale && p.online && len(p.pending) == 0 {
		p.await(loadpoints)
		return
	}
	there := make(map[string]bool, len(loadpoints))
	for _, l := range loadpoints {
		there[l] = true
	}
	before := len(p.pending)
	maps.DeleteFunc(p.pending, func(l string, _ bool) bool { return !there[l] })
	if p.online && before > 0 && len(p.pending) == 0 {
		p.stale = false
	}
}

// blank takes the root's loadpoint count, which evcc empties when it starts and stops.
func (p *presence) blank(empty bool) {
	p.blanked = empty
	if empty {
		p.stale, p.pending = false, nil
	}
}

// live takes a value that evcc has just sent. Its status is none: evcc says online seconds before it empties what its last
// run has left. After a silence the first cycle begins here.
func (p *presence) live(path string, now time.Time) {
	if path == "status" {
		return
	}
	if p.silent {
		p.since = now
	}
	p.heard, p.spoke, p.silent = now, true, false
	if !p.stale || !p.online {
		return
	}
	rest, ok := strings.CutPrefix(path, "loadpoints/")
	if !ok {
		return
	}
	if index, key, _ := strings.Cut(rest, "/"); key == "connected" {
		delete(p.pending, index)
		p.stale = len(p.pending) > 0
	}
}

// ready is what the site's ready topic says.
func (p *presence) ready() string {
	if p.stale || p.silent {
		return "offline"
	}
	return "online"
}

// due returns when the next verdict falls without another message: silence after three rounds, or, after a crash, that
// the first cycle has had its time. A round is evcc's interval for each loadpoint. Zero: there is nothing to wait for.
func (p *presence) due(round time.Duration) time.Time {
	switch {
	case !p.online || p.blanked || p.silent:
		return time.Time{}
	case p.stale:
		return p.since.Add(round + cycleWait)
	}
	return p.heard.Add(3*round + cycleWait)
}

// cycleWait is what evcc may need beside its interval: slow devices, a busy host.
const cycleWait = 30 * time.Second

// expire does what due was for. An evcc that takes long to start has not had its first cycle.
func (p *presence) expire() {
	if p.stale && p.spoke {
		p.stale, p.pending = false, nil // a loadpoint that never reports must not hold up the rest
		return
	}
	p.silent = true
}
