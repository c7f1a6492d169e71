package bridge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"evcc-discovery/internal/problem"
	"evcc-discovery/translations"

	"evcc-discovery/internal/bridge/step"
)

// settled is how long after a connection everything that a start does is over: devices are published, and the broker was
// asked for them.
const settled = 30 * time.Second

// between is how long the broker waits between two messages of a slow replay: less than what ends one.
const between = 900 * time.Millisecond

// verbs are what lines of transcripts do, by their first word.
var verbs = map[string]func(p *player, rest string) error{
	"read_only":  func(p *player, rest string) error { p.settings.ReadOnly = rest != "off"; return nil },
	"compatible": func(p *player, _ string) error { p.settings.Compatible = true; return nil },
	"roots":      func(p *player, rest string) error { p.settings.Roots = strings.Split(rest, ","); return nil },
	"prefix":     func(p *player, rest string) error { p.settings.Prefix = rest; return nil },
	"language":   func(p *player, rest string) (err error) { p.settings.Words, err = translations.Load(rest); return err },
	"zone":       func(p *player, rest string) (err error) { p.settings.Zone, err = time.LoadLocation(rest); return err },
	"start":      func(p *player, rest string) (err error) { p.now, err = time.Parse(time.RFC3339, rest); return err },
	"home": func(p *player, rest string) error {
		p.step(step.Event{Kind: step.Located, Payload: []byte(rest)})
		return nil
	},
	"world":   (*player).world,
	"+":       (*player).connect,
	"-":       (*player).disconnect,
	"<":       func(p *player, rest string) error { p.arrives(rest, false); return nil },
	"<r":      func(p *player, rest string) error { p.arrives(rest, true); return nil },
	"keeps":   (*player).keeps,
	"late":    (*player).late,
	"deletes": (*player).deletes,
	"lives":   (*player).lives,
	"blanks":  (*player).blanks,
	"replays": (*player).replays,
	"@":       (*player).passes,
	"?":       (*player).reports,
	"restart": (*player).restart,
	"end":     func(p *player, _ string) error { p.show(p.core.Goodbye()); return nil },
	"status":  (*player).asksStatus,
	"save":    func(p *player, _ string) error { p.broker.saved = maps.Clone(p.broker.retained); return nil },
	"crash":   (*player).crash,
	"forget":  func(p *player, _ string) error { p.broker.saved = nil; return p.crash("") },
	"limit":   (*player).limit,
	"lose":    func(p *player, rest string) error { p.broker.loses = rest; return nil },
	"forbid":  func(p *player, rest string) error { p.broker.forbidden = rest; return nil },
	"slow":    func(p *player, _ string) error { p.broker.slow = true; return nil },
	"drop":    func(p *player, _ string) error { p.broker.echoes = nil; return nil },
	"fast":    (*player).fast,
}

func (p *player) world(names string) error {
	if p.counts == nil {
		return fmt.Errorf("a whole transcript shows its starts")
	}
	p.hidden = true
	defer func() { p.hidden = false }()
	if err := p.connect(names); err != nil {
		return err
	}
	p.pass(settled)
	return nil
}

func (p *player) connect(rest string) error {
	names := strings.Fields(rest)
	if len(names) > 0 && names[0] == "without" {
		p.broker.without, names = names[1:], nil
	}
	if err := p.broker.load(names); err != nil {
		return err
	}
	p.broker.connected = true
	p.step(step.Event{Kind: step.Connected})
	return nil
}

func (p *player) disconnect(rest string) error {
	code, detail, _ := strings.Cut(rest, " ")
	b := &p.broker
	for _, e := range b.echoes { // what is under way
		if !e.Retained {
			b.unacked = append(b.unacked, sent(e.Topic, string(e.Payload)))
		}
	}
	p.step(b.lost(problem.Code(code), detail))
	return nil
}

// arrives takes what comes to the broker from others.
func (p *player) arrives(rest string, retained bool) {
	topic, payload, _ := strings.Cut(rest, " ")
	if retained || !live(topic) || payload == "" {
		p.broker.keep(topic, payload)
	}
	if p.broker.connected {
		p.step(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(payload), Retained: retained})
	}
}

// keeps takes what others publish with the retain flag, of which we hear nothing where we have subscribed.
func (p *player) keeps(rest string) error {
	topic, payload, _ := strings.Cut(rest, " ")
	p.broker.keep(topic, payload)
	p.arrives(rest, false)
	return nil
}

func (p *player) late(rest string) error {
	topic, payload, _ := strings.Cut(rest, " ")
	p.step(step.Event{Kind: step.Received, Topic: topic, Payload: []byte(payload)})
	return nil
}

func (p *player) deletes(device string) error {
	topic := p.settings.Prefix + "/device/" + p.settings.Base + "/" + device + "/config"
	var config struct{ Components map[string]any }
	if err := json.Unmarshal([]byte(p.broker.retained[topic]), &config); err != nil {
		return err
	}
	for range config.Components {
		p.arrives(topic, false)
	}
	return nil
}

func (p *player) lives(rest string) error {
	d, err := time.ParseDuration(rest)
	for ; err == nil && d > 0; d -= settled {
		for _, topic := range slices.Sorted(maps.Keys(p.broker.retained)) {
			if strings.HasSuffix(topic, "/connected") {
				p.arrives(topic+" "+p.broker.retained[topic], false)
			}
		}
		p.pass(min(d, settled))
	}
	return err
}

func (p *player) blanks(string) error {
	root := p.settings.Roots[0] + "/"
	for _, topic := range slices.Sorted(maps.Keys(p.broker.retained)) {
		if strings.HasPrefix(topic, root) && topic != root+"status" {
			p.arrives(topic, false)
		}
	}
	return nil
}

func (p *player) replays(rest string) error {
	d, err := time.ParseDuration(rest)
	for ; err == nil && d > 0; d -= between {
		p.step(step.Event{Kind: step.Received, Topic: p.settings.Roots[0] + "/status", Payload: []byte("online"), Retained: true})
		p.pass(between)
	}
	return err
}

func (p *player) passes(rest string) error {
	d, err := time.ParseDuration(rest)
	if err == nil {
		p.pass(d)
	}
	return err
}

func (p *player) reports(rest string) error {
	code, rest, _ := strings.Cut(rest, " ")
	on, detail, _ := strings.Cut(rest, " ")
	p.step(step.Event{Kind: step.Reported, Problem: problem.Code(code), On: on == "on", Detail: detail})
	return nil
}

func (p *player) restart(rest string) error {
	p.core, p.settings.Known = nil, nil
	if rest == "file" {
		p.settings.Known = p.known
	}
	p.broker.connected, p.broker.acked, p.broker.unacked = false, 0, nil
	p.broker.retained[p.settings.Base+"/status"] = "offline" // by its will
	return nil
}

func (p *player) asksStatus(string) error {
	status, err := json.Marshal(p.status)
	fmt.Fprintln(p.out, ">", string(status))
	return err
}

func (p *player) crash(string) error {
	p.broker.retained = make(map[string]string)
	maps.Copy(p.broker.retained, p.broker.saved)
	p.step(p.broker.lost("", ""))
	return nil
}

func (p *player) limit(rest string) (err error) {
	bytes, closes, _ := strings.Cut(rest, " ")
	p.broker.closes = closes != ""
	p.broker.limit, err = strconv.Atoi(bytes)
	return err
}

func (p *player) fast(string) error {
	p.broker.slow = false
	for _, e := range p.broker.echoes {
		if !e.Retained {
			p.broker.acknowledge(e.Topic, string(e.Payload))
		}
	}
	p.step(step.Event{Kind: step.Tick})
	return nil
}
