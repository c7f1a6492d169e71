package trust

import (
	"evcc-discovery/entities"
	"evcc-discovery/internal/bridge/step"
	"evcc-discovery/internal/problem"
	"fmt"

	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTrust plays what evcc says about itself and holds what may be shown after each word, of the site and of two
// loadpoints: "+" or "-".
func TestTrust(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ words, want string }{
		"start":                             {"online blank filled", "+-- +-+ +-+"},
		"orderly end":                       {"online filled blank offline", "++-- ++-- ++--"},
		"orderly restart":                   {"online filled blank offline online filled live1", "++----- ++---++ ++---++"},
		"crash":                             {"online filled offline online live1 live2", "++---- ++--++ ++---+"},
		"crash, then blanked":               {"online filled offline online blank filled", "++---- ++---+ ++---+"},
		"crash, then blanked at once":       {"online filled offline blank online filled", "++---- ++---+ ++---+"},
		"crash, old values while down":      {"online filled offline live1 live2 online", "++---- ++---- ++----"},
		"crash, one reports twice":          {"online filled offline online live1 live1 live2", "++----- ++--+++ ++----+"},
		"crash, other keys do not count":    {"online filled offline online power1 power2 site", "++----+ ++----- ++-----"},
		"crash in the first cycle":          {"online filled offline online live1 offline online live2 live1", "++------- ++--+---+ ++-----++"},
		"online said again in the cycle":    {"online filled offline online live1 online live2 live1", "++------ ++--+--+ ++----++"},
		"a loadpoint more than was counted": {"online filled offline online live3 live1 live2", "++----- ++---++ ++----+"},
		"offline said twice":                {"online filled offline offline online live1 live2", "++----- ++---++ ++----+"},
		"crash, then one loadpoint less":    {"online filled offline online live1 fewer", "++---- ++--++ ++---+"},
		"online said anew":                  {"online filled online said power1", "++--- ++--- ++---"},
		"online said anew, then blanked":    {"online filled online blank filled power1", "++---- ++---+ ++---+"},
		"crash, slow start":                 {"online filled offline online said late power1 live1 live2", "++------- ++-----++ ++------+"},
		"crash, one never reports":          {"online filled offline online live1 late", "++---- ++--++ ++---+"},
		"crash, counted late":               {"online filled offline uncounted counted live1 live2", "++----- ++---++ ++----+"},
		"never online":                      {"offline live1 filled", "+++ +++ +++"},
		"orderly restart, a value each":     {"online filled blank offline online filled site", "++----+ ++---++ ++---++"},
		"stalled, then goes on":             {"online filled late live1 site live2", "++--++ ++-+++ ++---+"},
		"its count is cleared":              {"online filled blank live1 site live2 filled", "++--+++ ++-++++ ++---++"},
		"we connect":                        {"online filled connect", "+++ +++ +++"},
		"the broker has forgotten it all":   {"online filled forgotten connect live1 site live2", "+++--++ +++-+++ +++---+"},
		"we connect in evcc's start":        {"online filled blank connect filled site", "++---+ ++--++ ++--++"},
	} {
		tree := entities.Tree{"status": "offline", "loadpoints": "2"}
		m, now := New("evcc", tree, func() []string { return []string{"1", "2"} }), &step.Step{Problems: new(problem.Tracker)}
		var site, one, two string
		for word := range strings.FieldsSeq(test.words) {
			now.Now = now.Now.Add(time.Second)
			switch word {
			case "online", "offline":
				m.Status(now, word == "online")
			case "uncounted": // the broker has forgotten how many there are
				delete(tree, "loadpoints")
				m.Status(now, true)
			case "counted":
				tree["loadpoints"] = "2"
				m.Count(now)
			case "fewer":
				tree["loadpoints"] = "1"
				m.Count(now)
			case "blank", "filled":
				tree["loadpoints"] = map[string]string{"filled": "2"}[word]
				m.Count(now)
			case "live1", "live2", "live3":
				m.Hear(now, "loadpoints/"+word[4:]+"/connected", []byte("true"))
			case "power1", "power2":
				m.Hear(now, "loadpoints/"+word[5:]+"/chargePower", []byte("0"))
			case "said":
				m.Hear(now, "status", []byte("online"))
			case "late":
				now.Now = m.Next()
				m.Tick(now)
			case "site":
				m.Hear(now, "site/connected", []byte("true"))
			case "connect":
				m.Reconnect(now)
				m.Status(now, true)
				m.Learn(now, false, 0)
			case "forgotten": // by the broker
				delete(tree, "loadpoints")
			}
			sign := map[bool]string{true: "+", false: "-"}
			site, one, two = site+sign[m.Ready()], one+sign[m.Reported("1")], two+sign[m.Reported("2")]
		}
		got := site + " " + one + " " + two
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", name, test.words, diff)
		}
	}
}

// An evcc without loadpoints that report has nothing to wait for; a value of any loadpoint ends the wait.
func TestCrashWithoutLoadpoints(t *testing.T) {
	t.Parallel()
	m, s := New("evcc", entities.Tree{"loadpoints": "0"}, func() []string { return nil }), &step.Step{Problems: new(problem.Tracker)}
	m.Status(s, true)
	m.Status(s, false)
	m.Status(s, true)
	if m.Live() {
		t.Error("believed without a word")
	}
	m.Hear(s, "loadpoints/1/connected", []byte("true"))
	if !m.Live() {
		t.Error("a live value is not believed")
	}
}

// The machine says how far evcc can be believed, and since when.
func TestValue(t *testing.T) {
	t.Parallel()
	tree := entities.Tree{"loadpoints": "1", "site/interval": "10"}
	m, s := New("evcc", tree, func() []string { return nil }), &step.Step{Problems: new(problem.Tracker)}
	var got []string
	look := func(after time.Duration, what string) {
		got = append(got, fmt.Sprintf("%s: %d, live since %v", what, m.Value(), !m.LiveSince().IsZero()))
		s.Now = s.Now.Add(after)
	}
	s.Now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	look(0, "nothing")
	m.Status(s, true)
	look(time.Minute, "online")
	m.Tick(s)
	look(0, "silent")
	m.Hear(s, "loadpoints/1/connected", []byte("true"))
	look(0, "heard")
	m.Status(s, false)
	m.Status(s, true)
	look(0, "crashed")
	delete(tree, "loadpoints")
	m.Count(s)
	look(0, "blanked")
	want := []string{"nothing: 0, live since false", "online: 4, live since true", "silent: 2, live since false",
		"heard: 4, live since true", "crashed: 3, live since false", "blanked: 1, live since false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAfterConnect: what evcc has left on the broker says online also after a power cut, until evcc has started. Its age may
// prove that it is old; nothing but a live value proves that it is not. A slow evcc is given three of its intervals.
func TestAfterConnect(t *testing.T) {
	t.Parallel()
	const never = -1
	for name, test := range map[string]struct {
		interval   string        // that evcc tells
		remembered time.Duration // that an earlier run of ours has seen
		age        time.Duration // of evcc's time on the broker
		cycle      time.Duration // after which evcc's values come; 0 = they never do
		offline    time.Duration // when values are hidden
	}{
		"no clock, short interval":       {interval: "3", offline: 45 * time.Second},
		"no clock, usual interval":       {interval: "30", offline: 90 * time.Second},
		"no clock, untold interval":      {offline: 90 * time.Second},
		"no clock, remembered interval":  {remembered: 2 * time.Minute, offline: 6 * time.Minute},
		"told goes before remembered":    {interval: "3", remembered: 2 * time.Minute, offline: 45 * time.Second},
		"cycles of twice the interval":   {interval: "60", cycle: 2 * time.Minute, offline: never},
		"twice a short interval":         {interval: "3", cycle: 6 * time.Second, offline: never},
		"two rounds old":                 {interval: "30", age: 2 * time.Minute, cycle: 30 * time.Second, offline: never},
		"older than two rounds":          {interval: "30", age: 2*time.Minute + time.Second, offline: 0},
		"older than two rounds, untold":  {age: 2*time.Minute + time.Second, offline: 0},
		"of a clock that is ahead of us": {interval: "30", age: -time.Hour, offline: 90 * time.Second},
	} {
		start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		tree := entities.Tree{"status": "online", "loadpoints": "2", "updated": fmt.Sprint(start.Add(-test.age).Unix())}
		if test.interval != "" {
			tree["site/interval"] = test.interval
		}
		m, s := New("evcc", tree, func() []string { return nil }), &step.Step{Now: start, Problems: new(problem.Tracker)}
		m.Reconnect(s)
		m.Status(s, true)
		m.Learn(s, false, test.remembered)
		offline := time.Duration(never)
		for ; offline < 0 && s.Now.Sub(start) < 10*time.Minute; s.Now = s.Now.Add(time.Second) {
			passed := s.Now.Sub(start)
			if test.cycle > 0 && passed > 0 && passed%test.cycle == 0 {
				m.Hear(s, "site/gridPower", []byte("0"))
			}
			if m.Tick(s); !m.Ready() {
				offline = passed
			}
		}
		if offline != test.offline {
			t.Errorf("%s: hidden after %v, want %v", name, offline, test.offline)
		}
	}
}
