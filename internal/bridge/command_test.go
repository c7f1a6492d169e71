package bridge

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// topics are the core's command topics, sorted.
func topics(c *Core) []string { return slices.Sorted(maps.Keys(controls(c))) }

// controls are all that the core knows, by command topic.
func controls(c *Core) map[string]discovery.Command {
	all := make(map[string]discovery.Command)
	for _, s := range c.sites {
		maps.Insert(all, s.commands.Controls())
	}
	return all
}

// setter is where a site's command for a control goes.
func setter(s *site, control *discovery.Command) string {
	return s.Root + "/" + control.Instance.Set + "/set"
}

var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]{1,3})?$`)

// allowed reports whether evcc may get the payload for a command: judged by the row alone, not by what encodes it.
func allowed(in *entities.Instance, vehicles entities.Vehicles, payload string, now time.Time) bool {
	if in.Row.Own.Plans() {
		return allowedPlan(in, payload, now)
	}
	switch in.Row.Write.Kind {
	case entities.WriteFloat, entities.WriteInt:
		v, err := strconv.ParseFloat(payload, 64)
		whole := in.Row.Write.Kind == entities.WriteInt && strings.Contains(payload, ".")
		return err == nil && plainNumber.MatchString(payload) && !whole && in.Row.Range.In(in.Context).Covers(v)
	case entities.WritePercent:
		v, err := strconv.ParseFloat(payload, 64)
		return err == nil && plainNumber.MatchString(payload) && in.Row.Range.In(in.Context).Covers(100*v)
	case entities.WriteBool:
		return payload == "true" || payload == "false"
	case entities.WriteWord, entities.WriteToggle, entities.WriteReturn:
		return slices.Contains(in.Options, payload) || in.Row.Own == entities.Requested && payload == entities.Automatic
	case entities.WriteMode: // this evcc's words, and the old ones, which a newer one translates
		return slices.Contains(in.Options, payload) || payload == "pv" || payload == "minpv"
	case entities.WriteClear:
		return payload == entities.Clear
	case entities.WriteVehicle:
		return payload == entities.Clear || slices.ContainsFunc(vehicles, func(v entities.VehicleOption) bool { return v.Name == payload })
	case entities.WriteContinuous, entities.WritePrecondition:
		return allowedStrategy(payload)
	case entities.WriteNoPlan:
		return payload == "{}"
	}
	return false
}

// guard fails when evcc is sent what no command of the catalogue may send.
func guard(t *testing.T, c *Core) func(topic, payload string) {
	return func(topic, payload string) {
		for _, s := range c.sites {
			for _, control := range s.commands.Controls() {
				if setter(s, &control) == topic && allowed(&control.Instance, s.wanted.Vehicles, payload, c.step.Now) {
					return
				}
			}
		}
		t.Errorf("evcc was sent %q on %s", payload, topic)
	}
}

// FuzzCommand sends anything to every command topic of the captured trees. evcc gets nothing but well-formed, allowed
// payloads on setters of the catalogue, and every command ends exactly once.
func FuzzCommand(f *testing.F) {
	versions := []string{"0.123.0", "0.207.0", "0.313.2", "0.316.0"}
	stubs := make([]*evccStub, len(versions))
	for i, version := range versions {
		c, now := runningCore(f, version)
		stubs[i] = newStub(c, now)
		for at, topic := range topics(c) {
			for _, payload := range []string{"0", "1e3", "-0.0", "true", "-", "none", " 16 ", "0x1p-2", "{}", `{"value":80,"time":"2036-01-01T07:00:00+01:00"}`, "pv\x00", strings.Repeat("9", 600)} {
				f.Add(byte(i), uint16(at), payload, "7", at%2 == 0)
			}
			if strings.Contains(topic, "/plan") {
				for _, payload := range planSeeds {
					f.Add(byte(i), uint16(at), payload, "90", false)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, version byte, at uint16, first, second string, deaf bool) {
		e := stubs[int(version)%len(stubs)]
		list := topics(e.core)
		topic := list[int(at)%len(list)]
		e.check, e.deaf = guard(t, e.core), deaf
		before, halves, want := e.ended(), e.halves, 0
		for _, payload := range []string{first, second, first} {
			if payload != "" {
				want++
			}
			e.command(topic, payload)
		}
		e.command("evcc-discovery/evcc/"+first+"/set", second)
		if second != "" {
			want++
		}
		e.pass(8 * time.Second)
		if strings.HasSuffix(topic, "/plan/set") {
			want += e.halves - halves // which a plan's command gives beside the plan have their own answers
		}
		if got := e.ended() - before; got != want {
			t.Errorf("%d of %d commands ended: %v", got, want, e.results)
		}
		if n := e.core.sites[0].commands.Pending(); n > 0 {
			t.Errorf("%d are still under way", n)
		}
		clear(e.sent)
	})
}

// TestCommandBurst: ten thousand commands for every control at once. Each is answered, what evcc gets of one control is in the
// order in which it was sent and ends with the newest, and nothing stays behind.
func TestCommandBurst(t *testing.T) {
	const n = 10000
	c, now := runningCore(t, "0.313.2")
	e := newStub(c, now)
	e.check = guard(t, c)
	var numbers []string
	known := controls(c)
	for _, topic := range topics(c) {
		if in := known[topic].Instance; in.Row.Platform == entities.Number && in.Row.Own == entities.FromEvcc && in.Row.Write.Group == entities.Alone && len(in.Shares) == 0 {
			numbers = append(numbers, topic)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	burst := func(count, slow int) map[string][]string {
		given := make(map[string][]string)
		for i := range count {
			topic := numbers[random.IntN(len(numbers))]
			e.deaf = slow > 0 && i%slow > 0 // evcc is slower than the commands: some wait
			value := strconv.Itoa(i % 2)
			given[topic] = append(given[topic], value)
			e.command(topic, value)
		}
		e.deaf = false
		e.pass(20 * time.Second)
		return given
	}
	burst(n, 3) // everything has been used once
	before := heapSize()
	e.results, e.sent = make(map[string]int), make(map[string][]string)
	burst(n, 0)
	if want := map[string]int{"accepted": n}; !maps.Equal(e.results, want) {
		t.Errorf("an evcc that answers at once: %v, want %v", e.results, want)
	}
	e.results, e.sent = make(map[string]int), make(map[string][]string)
	given := burst(n, 3)
	if got := e.ended(); got != n {
		t.Errorf("%d of %d commands ended: %v", got, n, e.results)
	}
	for topic, values := range given {
		control := known[topic]
		got := e.sent[setter(c.sites[0], &control)]
		if len(got) == 0 || got[len(got)-1] != values[len(values)-1] || !subsequence(got, values) {
			t.Errorf("%s: evcc got %d values of %d, the last %v of %v", topic, len(got), len(values), got[max(0, len(got)-1):], values[len(values)-1])
		}
	}
	if left := c.sites[0].commands.Pending(); left > 0 {
		t.Errorf("%d commands stay behind", left)
	}
	e.sent = nil
	if after := heapSize(); after > before+512<<10 {
		t.Errorf("the heap grew from %d kB to %d kB", before>>10, after>>10)
	}
	t.Logf("%d controls: %v", len(numbers), e.results)
}

// subsequence reports whether all of part are in whole, in order.
func subsequence(part, whole []string) bool {
	for _, w := range whole {
		if len(part) > 0 && part[0] == w {
			part = part[1:]
		}
	}
	return len(part) == 0
}

func heapSize() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Two people set the same number at once: the last one wins, and both are told.
func TestTwoUsers(t *testing.T) {
	t.Parallel()
	c, now := runningCore(t, "0.313.2")
	e := newStub(c, now)
	e.deaf = true // nothing is answered before both have come
	const topic, setter = "evcc-discovery/evcc/loadpoint/1/limit_soc/set", "evcc/loadpoints/1/limitSoc/set"
	e.command(topic, "60")
	e.command(topic, "70")
	e.deaf = false
	e.step(step.Event{Kind: step.Received, Topic: "evcc/loadpoints/1/limitSoc", Payload: []byte("60")})
	e.step(step.Event{Kind: step.Received, Topic: setter})
	e.pass(time.Second)
	if want := []string{"60", "70"}; !slices.Equal(e.sent[setter], want) || e.results["accepted"] != 2 || e.ended() != 2 {
		t.Errorf("evcc got %v, results %v; want %v and both accepted", e.sent[setter], e.results, want)
	}
	if got := c.sites[0].tree["loadpoints/1/limitSoc"]; got != "70" {
		t.Errorf("Home Assistant reads %q", got)
	}
}

// The relay's own work for one command, evcc's answers and the results included.
func BenchmarkCommand(b *testing.B) {
	c, now := runningCore(b, "0.313.2")
	e := newStub(c, now)
	e.check = func(string, string) {}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		e.command("evcc-discovery/evcc/loadpoint/1/enable_delay/set", fmt.Sprint(i%2))
		clear(e.sent)
	}
}
