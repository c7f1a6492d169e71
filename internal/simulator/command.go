package simulator

import (
	"errors"
	"slices"
)

// command is a setter on one object.
type command struct {
	setter setter
	key    string     // of the value: the set topic without /set
	lp     *loadpoint // nil on site and vehicles
	car    string     // name, on vehicles
}

// commands lists what this evcc accepts, by key of the set topic. An object
// that is created later has none until the next start.
func (e *Evcc) commands() map[string]command {
	all := map[string]command{}
	add := func(prefix string, c command) {
		c.key = prefix + c.setter.name
		all[c.key+"/set"] = c
	}
	for _, s := range setters {
		if e.version < s.since || s.until != 0 && e.version >= s.until {
			continue
		}
		switch s.scope {
		case site:
			add("site/", command{setter: s})
		case perLp:
			for _, lp := range e.loadpoints {
				add(lp.prefix, command{setter: s, lp: lp})
			}
		case perCar:
			for _, name := range e.state.vehicles() {
				add("vehicles/"+name+"/", command{setter: s, car: name})
			}
		}
	}
	return all
}

func (e *Evcc) subscribeSetters() {
	var filters []string
	for key := range e.settable {
		filters = append(filters, e.topic(key))
	}
	slices.Sort(filters)
	e.emit(Action{Op: Subscribe, Filters: filters})
}

// command handles a message on a set topic. What nobody has subscribed is
// silence; all else is acknowledged, refused or not, and in a newer evcc before
// or after the value, as it happens.
func (e *Evcc) command(key, payload string) {
	c, ok := e.settable[key]
	if !ok {
		return
	}
	early := e.version.parallel() && e.rnd.IntN(3) == 0
	if early {
		e.acknowledge(key)
	}
	changed, err := c.run(e, payload)
	if !early {
		e.acknowledge(key)
	}
	if err == nil && changed && c.setter.cycle {
		e.cycle(c.lp)
	}
}

func (e *Evcc) acknowledge(key string) {
	e.emit(Action{Topic: e.topic(key), QoS: 1, Retain: true})
}

// errRefused: evcc tells its log only, so nobody here reads more than that.
var errRefused = errors.New("refused")

// run reports whether something changed.
func (c command) run(e *Evcc, payload string) (bool, error) {
	s := c.setter
	var value any
	if !(s.clear != 0 && e.version >= s.clear && isClearWord(payload)) {
		var err error
		if value, err = s.parse(payload); err != nil {
			return false, err
		}
	}
	if s.check != nil && !s.check(e, c, value) {
		return false, errRefused
	}
	if s.effect != nil {
		return s.effect(e, c, value), nil
	}
	return e.change(c.key, value), nil
}
