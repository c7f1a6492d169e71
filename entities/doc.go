// Package entities is the catalogue: what evcc publishes and accepts on MQTT, one [Row] per value or control.
//
// Everything else is derived from the rows: discovery messages, command checks, the words that need a
// translation, test cases. The package knows evcc's topics and the closed vocabularies ([Measure],
// [Reading], [OwnState], [Range], [Applies], [WriteKind]); it knows no wire format of Home Assistant, no words for people
// and imports nothing but the standard library, so that evcc itself could use it.
//
// # Reading a row
//
// A row has the scope of its table (site, loadpoint, vehicle, …), an ID that is frozen for ever, because it is part of
// unique ids and entity ids, and one or more keys: topic paths below the scope, newest name first. What it does not say is
// the usual: a sensor, switched on, shown among the daily ones, whose payload is the value. Which objects exist and which rows they have is observed in the [Tree], never configured: a row exists on an object once one
// of its keys was seen there, or, for values that evcc leaves empty for days, once a [Marker] was seen: an
// always-published key that came with it. A control whose setter this evcc lacks is shown read-only.
//
// # Adding a topic
//
// One row here, one line in translations/en.yaml, then "go generate ./... && go test ./...": CONTRIBUTING.md has the
// diff. Keys that shall not become entities go to [Ignored] with the reason; tests hold both lists against captured
// trees and against the documented list of evcc's topics.
//
// Sources: https://docs.evcc.io/docs/integrations/mqtt-api and evcc's own code.
package entities
