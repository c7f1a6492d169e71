// Package command sends one site's commands to its evcc and follows each to its end.
//
// A command from Home Assistant is checked against its row, translated to what this evcc version accepts, published on the
// setter's topic, and followed until evcc has acknowledged it with an empty message and shows the value. Commands that
// concern each other share a queue: those of one setter, and those of a group of related controls. One command per queue is
// under way; a newer command replaces one of the same control that still waits.
//
// # How a command ends
//
// Exactly once, as one of five: accepted (evcc shows the wanted value), refused (by us, or by evcc: it acknowledged and kept
// its value), replaced, unanswered, dropped (it would have been late). An end is never taken back. A value that arrives after
// a refusal only ends the problem, because evcc publishes settings on change and may be slow. Every end goes through
// Machine.end, which reports it to the log and to Home Assistant: one event each, the last one as a state, and a problem as
// long as the last command of some control has failed.
//
// # The home battery
//
// evcc drops a battery mode that an external program has set after a minute. An accepted one is therefore repeated until the
// user asks for automatic, this program ends in order, evcc restarts, or someone else sets another mode.
//
// # Retained commands
//
// A [Clearing], one for all sites, takes every message on a command topic first: it takes what is retained off the broker, and
// passes on what is a command.
//
// # Adding a kind of command
//
// A [entities.WriteKind], its case in [entities.Instance.Encode], and, unless evcc shows the payload itself on the
// row's own topic, its cases in [entities.Instance.Watches] (topics that tell) and [entities.Instance.Fulfilled] (what
// they must say). Controls that evcc checks against each other share an [entities.Group]; why evcc refuses is told by
// [entities.Instance.Refusal]. What this program refuses itself ends with Machine.end.
package command
