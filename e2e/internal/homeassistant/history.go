package homeassistant

import (
	"context"
	"net/url"
	"strings"
	"time"
)

// History returns what the recorder has of the entities since a time, by entity, oldest first. It needs `history:` in
// Options.Configuration. The first state is the one of that time.
func (ha *Instance) History(ctx context.Context, since time.Time, entityIDs []string) (map[string][]State, error) {
	found := make(map[string][]State, len(entityIDs))
	const portion = 50 // an address has no endless length
	for len(entityIDs) > 0 {
		n := min(portion, len(entityIDs))
		query := url.Values{"filter_entity_id": {strings.Join(entityIDs[:n], ",")}, "no_attributes": {""}, "significant_changes_only": {"0"}}
		var lists [][]State
		err := ha.Get(ctx, "/api/history/period/"+url.PathEscape(since.UTC().Format(time.RFC3339Nano))+"?"+query.Encode(), &lists)
		if err != nil {
			return nil, err
		}
		for _, states := range lists {
			if len(states) > 0 {
				found[states[0].EntityID] = states
			}
		}
		entityIDs = entityIDs[n:]
	}
	return found, nil
}
