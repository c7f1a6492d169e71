package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/e2e/internal/await"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/entities"
	"evcc-discovery/internal/app"
	"evcc-discovery/internal/simulator"
	"evcc-discovery/translations"
)

// readable is a component as far as its state goes.
type readable struct {
	Platform      string
	UniqueID      string `json:"unique_id"`
	StateTopic    string `json:"state_topic"`
	ValueTemplate string `json:"value_template"`
	Min, Max      float64
	Options       []string
	Enabled       *bool `json:"enabled_by_default"`
}

// id names a component as Home Assistant's registry does.
func (c readable) id() string { return c.Platform + " " + c.UniqueID }

// stage is what stood while one evcc ran.
type stage struct {
	tree         string
	began, right time.Time           // its burst, and when Home Assistant showed all of it
	components   map[string]readable // by id
	entityIDs    map[string]string   // by id
}

// TestUpgrade replaces evcc by newer ones under one Home Assistant and one running program. Each new evcc publishes its
// burst and one round of all loadpoints, and then nothing: whatever is read, is read from what is retained.
func TestUpgrade(t *testing.T) {
	h := fresh(t, homeassistant.Newest, "upgrade")
	began := time.Now()
	o := simulator.Options{Interval: time.Hour, Still: true}
	s := startWith(t, h, "0.123.0", o)
	s.round(t)
	stages := []stage{s.settle(t, "0.123.0")}
	for _, tree := range []string{"0.207.0", "0.313.2", "0.316.0"} {
		s.replaceEvcc(t, tree, o)
		now := s.settle(t, tree)
		s.sameEntities(t, stages[len(stages)-1], now)
		stages = append(stages, now)
	}
	s.sameHistory(t, stages)
	t.Logf("%.0f s", time.Since(began).Seconds())
}

// replaceEvcc stops evcc and starts another version of it.
func (s *site) replaceEvcc(t *testing.T, tree string, o simulator.Options) {
	t.Helper()
	s.stopEvcc(t)
	evcc, err := app.NewEvcc("evcc-"+tree+"-demo", o)
	check(t, err)
	s.evcc = evcc
	s.startEvcc(t)
	s.round(t)
}

// round waits for evcc's burst and lets each loadpoint have its turn.
func (s *site) round(t *testing.T) {
	t.Helper()
	check(t, await.Poll(t.Context(), nil, func(context.Context) error {
		if s.value("evcc/loadpoints") == "" || s.value("evcc/loadpoints/1/connected") == "" {
			return fmt.Errorf("evcc has not begun")
		}
		return nil
	}))
	n, err := strconv.Atoi(s.value("evcc/loadpoints"))
	check(t, err)
	for id := 1; id <= n; id++ {
		s.evcc.Do(simulator.Cycle{Loadpoint: id})
	}
}

// settle waits until what the program publishes is right in Home Assistant: every entity is there, and selects, numbers,
// switches and words show what is retained.
func (s *site) settle(t *testing.T, tree string) stage {
	t.Helper()
	st := stage{tree: tree, began: time.Now()}
	check(t, await.Poll(t.Context(), nil, func(ctx context.Context) error {
		retained, err := s.Broker.Retained(ctx, "evcc/#", "evcc-discovery/#", "homeassistant/device/#")
		if err != nil {
			return err
		}
		if st.components, err = published(retained); err != nil {
			return err
		}
		if st.entityIDs, err = s.byUniqueID(ctx); err != nil {
			return err
		}
		states, err := s.States(ctx)
		if err != nil {
			return err
		}
		return wrongStates(st, states, retained)
	}))
	st.right = time.Now()
	t.Logf("evcc %s: %d entities, right %.1f s after its burst", tree, len(st.components), st.right.Sub(st.began).Seconds())
	return st
}

// components reads all device messages.
func components(retained map[string]string) map[string]readable {
	all := make(map[string]readable)
	for topic, payload := range retained {
		var m struct{ Components map[string]readable }
		if strings.HasPrefix(topic, "homeassistant/device/") && json.Unmarshal([]byte(payload), &m) == nil {
			for _, c := range m.Components {
				all[c.id()] = c
			}
		}
	}
	return all
}

// published returns the components of the devices that this evcc has, once they are what the program must publish for
// what evcc has published.
func published(retained map[string]string) (map[string]readable, error) {
	words, err := translations.Load("en")
	if err != nil {
		return nil, err
	}
	tree, wanted := make(entities.Tree), make(map[string]string)
	for topic, payload := range retained {
		if path, ok := strings.CutPrefix(topic, "evcc/"); ok {
			tree[path] = payload
		}
	}
	site := discovery.Site{Root: "evcc", Base: "evcc-discovery", Prefix: "homeassistant", Words: words}
	var registry discovery.Registry
	if err := registry.Decode([]byte(retained[site.RegistryTopic()])); err != nil {
		return nil, err
	}
	for _, c := range site.Wanted(tree, registry, false).Configs {
		wanted[c.Topic] = c.Payload
	}
	there := maps.Clone(retained)
	maps.DeleteFunc(there, func(topic, _ string) bool { return wanted[topic] == "" })
	if diff := cmp.Diff(components(wanted), components(there)); diff != "" {
		return nil, fmt.Errorf("the devices are not those of this evcc yet (-wanted +published):\n%.2000s", diff)
	}
	return components(there), nil
}

func (s *site) byUniqueID(ctx context.Context) (map[string]string, error) {
	all, err := s.Entities(ctx)
	ids := make(map[string]string, len(all))
	for _, e := range all {
		domain, _, _ := strings.Cut(e.EntityID, ".")
		ids[domain+" "+e.UniqueID] = e.EntityID
	}
	return ids, err
}

// wrongStates names what does not show what is retained. Of a plain reading the payload is the state.
func wrongStates(st stage, states map[string]homeassistant.State, retained map[string]string) error {
	var wrong []string
	compared := 0
	for id, c := range st.components {
		entity := st.entityIDs[id]
		if entity == "" {
			wrong = append(wrong, id+" is no entity")
			continue
		}
		if c.Enabled != nil || c.StateTopic == "" {
			continue
		}
		got, payload := states[entity].State, retained[c.StateTopic]
		if got == "unavailable" || got == "" {
			wrong = append(wrong, fmt.Sprintf("%s is %q", entity, got))
			continue
		}
		want, plain := c.plain(payload)
		if !plain {
			continue
		}
		compared++
		if got != want && !sameNumber(got, want) {
			wrong = append(wrong, fmt.Sprintf("%s is %q, retained is %q", entity, got, payload))
		}
	}
	if len(wrong) > 0 || compared < 40 {
		return fmt.Errorf("%d of %d are wrong:\n%s", len(wrong), compared, strings.Join(wrong, "\n"))
	}
	return nil
}

// plain returns the state that a component must have, where its payload is the state.
func (c readable) plain(payload string) (state string, ok bool) {
	number, err := strconv.ParseFloat(payload, 64)
	switch {
	case payload == "":
		return "unknown", !strings.HasSuffix(c.StateTopic, "/event")
	case c.Platform == "number":
		if err != nil || number < c.Min || number > c.Max {
			return "unknown", true
		}
		return payload, true
	case c.Platform == "select", c.Platform == "sensor" && len(c.Options) > 0:
		if !slices.Contains(c.Options, payload) {
			return "unknown", false // an error of ours, or one that the table of that tree finds
		}
		return payload, true
	case c.Platform == "switch", c.Platform == "binary_sensor":
		on := map[string]string{"true": "on", "false": "off", "online": "on", "offline": "off"}[payload]
		return on, on != ""
	}
	return "", false
}

// sameEntities: what exists before and after has its ids, and what is gone belongs to a thing that is gone.
func (s *site) sameEntities(t *testing.T, before, after stage) {
	t.Helper()
	kept := 0
	for id := range before.components {
		_, there := after.components[id]
		if !there {
			if !s.gone(id) {
				t.Errorf("%s → %s: %s (%s) vanished", before.tree, after.tree, id, before.entityIDs[id])
			}
			continue
		}
		kept++
		if before.entityIDs[id] != after.entityIDs[id] {
			t.Errorf("%s → %s: %s was %s and is %s", before.tree, after.tree, id, before.entityIDs[id], after.entityIDs[id])
		}
	}
	t.Logf("%s → %s: %d entities keep unique_id and entity_id, %d are new", before.tree, after.tree, kept, len(after.components)-kept)
}

// gone reports whether the vehicle of an entity is not in this evcc; nothing else goes from tree to tree.
func (s *site) gone(id string) bool {
	_, rest, vehicle := strings.Cut(id, "evcc_vehicle_vehicle_5f")
	return vehicle && s.value("evcc/vehicles/vehicle_"+rest[:1]+"/title") == ""
}

// sameHistory: each entity that is enabled and there all the time has states of every stage under its entity id.
func (s *site) sameHistory(t *testing.T, stages []stage) {
	t.Helper()
	first, last := stages[0], stages[len(stages)-1]
	ids := make(map[string]readable)
	for id, c := range first.components {
		if _, there := last.components[id]; there && c.Enabled == nil && strings.HasPrefix(c.StateTopic, "evcc/") {
			ids[last.entityIDs[id]] = c
		}
	}
	var wrong error
	err := await.Poll(t.Context(), nil, func(ctx context.Context) error { // the recorder writes once a second
		history, err := s.History(ctx, first.began.Add(-time.Minute), slices.Sorted(maps.Keys(ids)))
		if err != nil {
			return err
		}
		wrong = nil
		for entity := range ids {
			if err := throughout(history[entity], stages); err != nil {
				wrong = fmt.Errorf("%s: %w", entity, err)
			}
		}
		return wrong
	})
	if err != nil {
		t.Fatal(err, wrong)
	}
	t.Logf("%d entities have one history over all of it", len(ids))
}

// throughout: what reads evcc was recorded before the first upgrade, and went and came back with each one.
func throughout(states []homeassistant.State, stages []stage) error {
	if len(states) == 0 || !states[0].LastChanged.Before(stages[1].began) {
		return fmt.Errorf("nothing was recorded before the first upgrade: %+v", states)
	}
	for i, st := range stages[1:] {
		if !slices.ContainsFunc(states, func(s homeassistant.State) bool {
			return s.LastChanged.After(stages[i].right) && !s.LastChanged.After(st.right)
		}) {
			return fmt.Errorf("nothing was recorded around the upgrade to %s: %d states", st.tree, len(states))
		}
	}
	return nil
}
