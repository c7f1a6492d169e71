package bridge

import "strings"

// presence follows whether what evcc left on the broker can be trusted.
type presence struct {
	online  bool            // evcc says so
	blanked bool            // evcc has emptied its tree: it starts or stops
	stale   bool            // the values are those of a run that crashed
	pending map[string]bool // loadpoints that have not reported since evcc came online
}

// status takes evcc's own presence topic. Offline without blanking is a crash, or an evcc too old to blank.
func (p *presence) status(online bool, loadpoints []string) {
	if !online && p.online && !p.blanked {
		p.stale = true
	}
	p.online = online
	if online && p.stale {
		p.await(loadpoints)
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

// blank takes the root's loadpoint count, which evcc empties when it starts and stops.
func (p *presence) blank(empty bool) {
	p.blanked = empty
	if empty {
		p.stale, p.pending = false, nil
	}
}

// live takes a value that evcc has just sent.
func (p *presence) live(path string) {
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
	if p.stale {
		return "offline"
	}
	return "online"
}
