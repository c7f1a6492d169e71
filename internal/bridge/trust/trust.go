// Package trust answers one question about a site: may what evcc left on the broker be believed now?
//
//	none     evcc is not online
//	blanked  evcc has emptied its topics: it starts or stops
//	silent   evcc says online and publishes nothing, or says it anew: the values may be those of another run
//	stale    evcc crashed or was silent: the values are older, until each loadpoint has had a cycle
//	live     the values are those of the evcc that runs
//
// What Home Assistant shows waits for less: the site for a live value of its own ([Machine.Ready]), each loadpoint for its own
// cycle ([Machine.Reported]). Nobody waits for a loadpoint that is out of operation, gone or unknown but itself.
//
// evcc's status is a retained will, so "online" alone proves nothing, and emptiness is no information about existence.
// The machine also keeps what follows from evcc's pace: its interval, a full round (one interval for each loadpoint), its
// clock, and why it is absent.
package trust

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/entities"
	"evcc-discovery/internal/bridge/step"
)

// Value is how far evcc's topics can be believed, least first.
type Value uint8

// The values.
const (
	None Value = iota
	Blanked
	Silent
	Stale
	Live
)

// CycleWait is what evcc may need beside its interval: slow devices, a busy host.
const CycleWait = 30 * time.Second

// firstValue is how long, at least, an evcc that claims to be online may take for a live value after a connect, before its
// retained topics count as those of another run: after a power cut they say online until it has started.
const firstValue = 45 * time.Second

// Machine follows one evcc. The zero Machine is not ready; see [New].
type Machine struct {
	root      string
	tree      entities.Tree   // the site's; only read
	reading   bool            // the retained world is being read
	online    bool            // evcc says so
	blanked   bool            // evcc has emptied its tree
	stale     bool            // the values are those of a run that crashed
	silent    bool            // nothing came for too long, or evcc said online twice
	aged      bool            // the broker came back with an old memory: its values are older than those that we had
	spoke     bool            // something but its status was heard since it came online
	uncounted bool            // evcc's count was not there when we came: if it comes, evcc has just started
	mute      bool            // no value of the site was heard since there was doubt
	reported  map[string]bool // loadpoints that have, since there was doubt
	known     func() []string // loadpoints that are waited for where evcc does not count
	since     time.Time       // evcc online, or connected to the broker: the later of both
	heard     time.Time       // evcc's last message
	live      time.Time       // since when the value is Live and evcc counts its loadpoints; zero = it is not
	proven    bool            // a live value was heard over this connection
	clock
}

// New returns a machine for the evcc under a root, whose tree it reads. Known are the loadpoints that are waited for where
// evcc does not count.
func New(root string, tree entities.Tree, known func() []string) Machine {
	return Machine{root: root, tree: tree, known: known}
}

// Value is how far the tree can be believed now.
func (m *Machine) Value() Value {
	switch {
	case !m.online:
		return None
	case m.blanked:
		return Blanked
	case m.silent:
		return Silent
	case m.stale:
		return Stale
	}
	return Live
}

// Live reports whether the tree is that of the evcc that runs.
func (m *Machine) Live() bool { return m.Value() == Live }

// Since returns since when evcc is online, or we are connected, whichever is later.
func (m *Machine) Since() time.Time { return m.since }

// LiveSince returns since when the tree can be believed and evcc counts its loadpoints; zero while it cannot.
func (m *Machine) LiveSince() time.Time { return m.live }

// Ready reports whether values of the site may be shown; also while evcc is away in order, because then its status says it
// all.
func (m *Machine) Ready() bool { return !m.silent && !m.mute }

// Reported reports whether a loadpoint's values are those of the evcc that runs.
func (m *Machine) Reported(loadpoint string) bool {
	return !m.silent && (m.reported[loadpoint] || !m.stale && !m.blanked)
}

// Reconnect begins to read: nothing was heard yet. The tree is still the one of the connection before.
func (m *Machine) Reconnect(s *step.Step) {
	told := unix(m.tree[entities.UpdatedPath])
	*m = Machine{root: m.root, tree: m.tree, known: m.known, reading: true, since: s.Now, heard: s.Now, clock: clock{offset: m.offset, skew: m.skew, told: told, pace: m.pace}}
}

// Learn takes over when the retained world has been read. Distrusted is what an earlier run of ours has left on the ready
// topic, interval the last one that is remembered of evcc.
func (m *Machine) Learn(s *step.Step, distrusted bool, interval time.Duration) {
	m.reading = false
	m.pace = max(m.pace, interval)
	m.uncounted = m.tree[entities.CountPath] == ""
	if m.silent = m.silent || m.stalled(s.Now); m.silent || !m.online || distrusted || m.aged || m.uncounted {
		m.await()
	}
	m.settle(s)
}

// Status takes evcc's status, also one that repeats what is known. Offline without blanking is a crash, or an evcc too old
// to blank. Online where it was online already may be an evcc that has started after a crash that the broker has not told.
func (m *Machine) Status(s *step.Step, online bool) {
	if online != m.online && !m.reading {
		word := "offline"
		if online {
			word = "online"
		}
		s.Note(step.Info, "evcc is "+word, "root", m.root)
	}
	if online && !m.online {
		m.since, m.heard, m.spoke = s.Now, s.Now, false
		m.pace, m.beaten = 0, time.Time{}
	}
	if !m.blanked && m.online {
		m.stale, m.silent = true, m.silent || online
	}
	if m.online = online; m.stale {
		m.await()
	}
	if !online {
		m.silent = false // the status says it all
	}
	m.settle(s)
}

// await believes the tree again once each loadpoint has reported live: a full cycle of evcc.
func (m *Machine) await() {
	m.stale, m.mute = true, true
	m.reported = make(map[string]bool)
}

// Count takes another count of loadpoints, which evcc empties when it starts and stops. Loadpoints that a restarted evcc
// does not have any more are not waited for.
func (m *Machine) Count(s *step.Step) {
	if m.blanked = m.tree[entities.CountPath] == ""; m.blanked || m.uncounted {
		m.stale, m.uncounted = false, false
	}
	if m.blanked {
		m.mute = true
		m.reported = make(map[string]bool)
	}
	if !m.blanked && m.online {
		m.complete()
	}
	m.settle(s)
}

// expected are the loadpoints that are waited for.
func (m *Machine) expected() (list []string) {
	if m.tree[entities.CountPath] == "" {
		return m.known()
	}
	for _, l := range m.tree.Loadpoints() {
		list = append(list, l.Ref)
	}
	return list
}

// complete ends the doubt when all of them have reported.
func (m *Machine) complete() {
	if len(m.reported) > 0 && !slices.ContainsFunc(m.expected(), func(l string) bool { return !m.reported[l] }) {
		m.stale, m.blanked = false, false
	}
}

// Hear takes a live message with a payload. Status is none: evcc says online seconds before it empties what its last run
// has left. After a silence the first cycle begins here. It reports whether that changed what can be believed.
func (m *Machine) Hear(s *step.Step, path string, payload []byte) (changed bool) {
	if path == entities.UpdatedPath {
		m.hear(s.Now, payload)
	}
	doubted, proof := m.stale || m.silent || m.mute || m.blanked, !m.spoke && m.tree[entities.StatusPath] == ""
	if path != entities.StatusPath {
		if m.silent {
			m.since = s.Now
		}
		m.heard, m.spoke, m.silent, m.proven = s.Now, true, false, true
	}
	if !doubted {
		return proof
	}
	if m.online && strings.HasPrefix(path, "site/") {
		m.mute = false
	}
	if loadpoint, ok := entities.CompletesCycle(path); ok && m.online && (m.stale || m.blanked) {
		m.reported[loadpoint] = true
		m.complete()
	}
	m.settle(s)
	return true
}

// Replay takes a retained value of evcc's time: one that is older than what we knew is an old memory of the broker.
func (m *Machine) Replay(payload []byte) {
	if unix(string(payload)) < m.told {
		m.aged = true
	}
}

// settle follows since when the tree can be believed.
func (m *Machine) settle(s *step.Step) {
	switch good := !m.reading && m.Live() && m.tree[entities.CountPath] != ""; {
	case !good:
		m.live = time.Time{}
	case m.live.IsZero():
		m.live = s.Now
	}
}

// Interval is the time between two of evcc's cycles.
func (m *Machine) Interval() time.Duration {
	if interval, told := m.tree.Interval(); told {
		return interval
	}
	return max(entities.DefaultInterval, m.pace)
}

// Round is how long evcc takes to visit every loadpoint.
func (m *Machine) Round() time.Duration {
	return m.Interval() * time.Duration(max(1, m.tree.LoadpointCount()))
}

// Next returns when the next verdict falls without another message: silence after three rounds, after a connect after three
// intervals, or, after a crash, that the first cycle has had its time. Zero: there is nothing to wait for.
func (m *Machine) Next() time.Time {
	switch {
	case !m.online || m.blanked || m.silent:
		return time.Time{}
	case m.stale:
		return m.since.Add(m.Round() + CycleWait)
	case !m.proven && !m.reading:
		return m.since.Add(max(3*m.Interval(), firstValue))
	}
	return m.heard.Add(3*m.Round() + CycleWait)
}

// Tick falls the verdict that is due, and reports whether it did. A loadpoint that never reports does not hold up the
// rest; an evcc that takes long to start has not had its first cycle.
func (m *Machine) Tick(s *step.Step) bool {
	if !s.Due(m.Next()) {
		return false
	}
	if m.stale && m.spoke {
		m.stale = false
	} else {
		m.silent = true
		m.await()
	}
	m.settle(s)
	return true
}

// unix reads evcc's time; 0 where it says nothing, or, as old versions do, in words.
func unix(updated string) int64 {
	seconds, _ := strconv.ParseInt(updated, 10, 64)
	return max(0, seconds)
}
