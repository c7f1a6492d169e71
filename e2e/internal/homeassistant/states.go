package homeassistant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"evcc-discovery/e2e/internal/await"
)

// State is an entity as Home Assistant shows it.
type State struct {
	EntityID    string         `json:"entity_id"`
	State       string         `json:"state"`
	Attributes  map[string]any `json:"attributes"`
	LastChanged time.Time      `json:"last_changed"`
	LastUpdated time.Time      `json:"last_updated"`
}

// Attribute is one attribute as text; empty if the entity does not have it.
func (s State) Attribute(name string) string {
	if v, ok := s.Attributes[name]; ok && v != nil {
		return fmt.Sprint(v)
	}
	return ""
}

// Is is the condition that the state has this value.
func Is(want string) func(State) bool { return func(s State) bool { return s.State == want } }

// Available is the condition that the entity has a value: neither unknown nor unavailable.
func Available(s State) bool { return s.State != "unknown" && s.State != "unavailable" }

// State is an entity as the REST API has it now; ok is false if there is none of that id.
func (ha *Instance) State(ctx context.Context, entityID string) (s State, ok bool, err error) {
	err = ha.Get(ctx, "/api/states/"+entityID, &s)
	var refused *Refused
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return State{}, false, nil
	}
	return s, err == nil, err
}

// States are all entities, by id, as the REST API has them now.
func (ha *Instance) States(ctx context.Context) (map[string]State, error) {
	var list []State
	if err := ha.Get(ctx, "/api/states", &list); err != nil {
		return nil, err
	}
	all := make(map[string]State, len(list))
	for _, s := range list {
		all[s.EntityID] = s
	}
	return all, nil
}

// WaitState returns as soon as the entity exists and satisfies ok.
func (ha *Instance) WaitState(ctx context.Context, entityID string, ok func(State) bool) (State, error) {
	var found State
	err := ha.WaitStates(ctx, func(all map[string]State) error {
		s, exists := all[entityID]
		if !exists {
			return fmt.Errorf("%s does not exist", entityID)
		}
		if !ok(s) {
			return fmt.Errorf("%s is %q, attributes %v", entityID, s.State, s.Attributes)
		}
		found = s
		return nil
	})
	return found, err
}

// WaitGone returns as soon as there is no such entity.
func (ha *Instance) WaitGone(ctx context.Context, entityID string) error {
	return ha.WaitStates(ctx, func(all map[string]State) error {
		if s, exists := all[entityID]; exists {
			return fmt.Errorf("%s still exists and is %q", entityID, s.State)
		}
		return nil
	})
}

// WaitStates calls ready with all entities at once and after every change, until it returns nil;
// otherwise its last error is the result. ready must not keep or change the map.
func (ha *Instance) WaitStates(ctx context.Context, ready func(map[string]State) error) error {
	return ha.states.until(ctx, ready)
}

// states follows all entities by Home Assistant's events.
type states struct {
	mu      sync.Mutex
	all     map[string]State
	changed await.Signal
}

func newStates() *states { return &states{all: map[string]State{}} }

func (st *states) until(ctx context.Context, ready func(map[string]State) error) error {
	return st.changed.Until(ctx, func() error {
		st.mu.Lock()
		defer st.mu.Unlock()
		return ready(st.all)
	})
}

func (st *states) change(f func(map[string]State)) {
	st.mu.Lock()
	f(st.all)
	st.mu.Unlock()
	st.changed.Fire()
}

// followStates replaces what was known of an earlier run. It listens before it asks for all states,
// so that nothing is missed; of a state that comes both ways the newer one counts.
func (ha *Instance) followStates(ctx context.Context, s *socket) error {
	ha.states.change(func(all map[string]State) { clear(all) })
	err := s.subscribe(ctx, "subscribe_events", map[string]any{"event_type": "state_changed"}, func(event json.RawMessage) {
		var e struct {
			Data struct {
				EntityID string `json:"entity_id"`
				New      *State `json:"new_state"`
			} `json:"data"`
		}
		if json.Unmarshal(event, &e) != nil {
			return
		}
		ha.states.change(func(all map[string]State) {
			if e.Data.New == nil {
				delete(all, e.Data.EntityID)
			} else {
				all[e.Data.EntityID] = *e.Data.New
			}
		})
	})
	if err != nil {
		return err
	}
	now, err := ha.States(ctx)
	if err != nil {
		return err
	}
	ha.states.change(func(all map[string]State) {
		for id, s := range now {
			if !all[id].LastUpdated.After(s.LastUpdated) {
				all[id] = s
			}
		}
	})
	return nil
}
