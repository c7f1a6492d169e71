package plan

import (
	"evcc-discovery/discovery"
	"evcc-discovery/entities"

	"evcc-discovery/internal/bridge/step"
)

// stub is a world without a bridge.
type stub struct {
	tree        entities.Tree
	registry    discovery.Registry
	unavailable string
	kept        int // how often the registry was
}

func (w *stub) Unavailable() string                    { return w.unavailable }
func (w *stub) Tree() entities.Tree                    { return w.tree }
func (w *stub) Registry() discovery.Registry           { return w.registry }
func (w *stub) SetDraft(key string, d discovery.Draft) { w.registry = w.registry.WithDraft(key, d) }
func (w *stub) Remember(*step.Step)                    { w.kept++ }
