package broker

import (
	"context"
	"fmt"
	"log/slog"

	"evcc-discovery/e2e/internal/process"
	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// embedded is the broker in the test's own process, for a machine without mosquitto.
type embedded struct {
	address string
	options Options
	server  *mochi.Server
	kept    map[string]packets.Packet // retained messages over a restart
	out     process.Output
}

func (e *embedded) resume(context.Context) error {
	e.server = mochi.New(&mochi.Options{
		InlineClient: true,
		Logger:       slog.New(slog.NewTextHandler(&e.out, nil)),
	})
	if err := e.server.AddHook(new(auth.Hook), &auth.Options{Ledger: e.ledger()}); err != nil {
		return fmt.Errorf("start the embedded broker: %w", err)
	}
	for _, p := range e.kept {
		e.server.Topics.RetainMessage(p)
	}
	if err := e.server.AddListener(listeners.NewTCP(listeners.Config{ID: "test", Address: e.address})); err != nil {
		return fmt.Errorf("start the embedded broker: %w", err)
	}
	if err := e.server.Serve(); err != nil {
		return fmt.Errorf("start the embedded broker: %w", err)
	}
	return nil
}

// ledger lets in the one user, or anybody if there is none.
func (e *embedded) ledger() *auth.Ledger {
	rule := auth.AuthRule{Allow: true}
	if e.options.User != "" {
		rule.Username, rule.Password = auth.RString(e.options.User), auth.RString(e.options.Password)
	}
	return &auth.Ledger{Auth: auth.AuthRules{rule}, ACL: auth.ACLRules{{Filters: auth.Filters{"#": auth.ReadWrite}}}}
}

func (e *embedded) stop(context.Context) error {
	if e.options.Persistent {
		e.kept = e.server.Topics.Retained.GetAll()
	}
	return e.server.Close()
}

func (e *embedded) kill()       { _ = e.server.Close() }
func (e *embedded) log() string { return e.out.String() }
