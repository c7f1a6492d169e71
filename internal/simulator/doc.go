// Package simulator is a simulated evcc: it speaks evcc's MQTT interface as a
// real one does, so that the adapter can be tried and tested without a
// wallbox. It starts from any captured tree and behaves like the evcc version
// that tree came from.
//
//	Input ──▶ Evcc.Step(now, input) ──▶ []Action       pure, virtual time
//	              ▲                        │
//	          Driver (one goroutine, real time) ──▶ Conn
//
// [Evcc] is the pure core: no goroutine, clock, broker or logger, and with the
// same seed the same inputs give the same actions. Its parts are
//
//   - a [Tree] (captured topics) and the version derived from the topics in it
//     (version.go); every difference between versions is a row of a table or a
//     question to that version;
//   - the life cycle: start, blanking, stop, crash, broker loss (lifecycle.go);
//   - the cycle: one loadpoint and the site per interval, unchanged values
//     included (cycle.go, cadence.go), fed by plausible physics (world.go);
//   - the setters, one row each (setters.go), with evcc's validation, which is
//     lax, and its acknowledgement, an empty retained message on the same topic
//     for success and failure alike (command.go).
//
// [Driver] runs an Evcc in real time on a [Conn]. Its only goroutine is the one
// that calls Run; Run ends when evcc drops the connection (after Stop or Crash)
// or the context ends. A later Run on a new connection starts evcc again with
// the settings it had, as a restarted evcc reads them from its database.
//
// What it does not do: a planner that picks cheap slots (with a dynamic tariff
// a plan starts at once, otherwise as late as possible), vehicle detection, the
// optimizer, load management, REST, and the reordering of values of one topic
// that a real evcc shows under load. evcc's own documentation of the interface
// is https://docs.evcc.io/en/docs/integrations/mqtt-api.
package simulator
