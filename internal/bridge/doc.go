// Package bridge stands between evcc and Home Assistant: a pure core and its one loop.
//
// Values do not pass through here: Home Assistant reads evcc's own topics. What passes is knowledge of which topics there are,
// and commands.
//
//	                        ┌─ trust ── state
//	evcc's topics ──▶ Core ─┤                              ┌──▶ config messages, states (retained)
//	commands      ──▶ .Step ├─ site: tree, Wanted ─ removal ─ retained
//	births        ──▶       ├─ plan ─ command ─────────────────▶ evcc's /set, results
//	peers         ──▶       └─ standby                      └──▶ notes (log), problems
//
// # The core
//
// [Core.Step] takes one event and returns the actions that follow. Time is part of the event; no clock, broker, logger or
// goroutine is inside, so that every behaviour is a transcript: text in, text out (testdata/*.txt). Step routes; what it
// routes to are machines, each a package with its own comment, its own tests and no knowledge of the core:
//
//   - step: event, action and the step between them, all that machines share.
//   - trust: how far evcc's topics can be believed. The retained topic <base>/<site>/ready says so of the site.
//   - retained: the one store of what the broker shall have of ours and has: spacing, repeats, what the broker drops or
//     closes on, what others write.
//   - removal: what goes from Home Assistant, and entity ids that are reset.
//   - command: from a control to one of five ends; the home battery's hold.
//   - plan: evcc's charging plans and drafts; composes what evcc takes only as a whole.
//   - state: states that evcc does not publish as Home Assistant can show them, as a table.
//   - standby: whether another program is at work on our base topic.
//
// In this package is what needs several of them or the site as a whole:
//
//   - phase.go: down, learning (the retained world is read until it is quiet; nothing is published before), running,
//     standing by, removed.
//   - dispatch.go, routes.go, evcc_input.go: whom a message concerns.
//   - site.go, reconcile.go: one evcc, its tree and registry, and when and how they are compared with what is on the broker.
//     evcc's blanking changes no shape: emptiness is no information about existence.
//   - places.go: which loadpoint or meter is which since evcc's start, and availability: each has a retained topic for each
//     place, <base>/<site>/<object>@<place>/ready.
//   - modes.go: modes that switches return to.
//   - machines.go, world.go: the list of machines, the sites that are due, and what machines see of the rest.
//   - removal_rules.go, offline_deletions.go, other_bases.go: when a device is gone for good, what its user has deleted
//     while we were away, devices of another base topic at the same evcc.
//   - rights.go: what we may do at the broker, which brokers do not say.
//   - adapter.go, problems.go, status.go: the program's own device, what is wrong, and the status page.
//
// # The two ways
//
// A value that is new: dispatch, fromEvcc (tree, trust), and after a second of quiet site.reconcile: [discovery.Site.Wanted],
// compared with the broker by removal and retained, which sends what differs. A value that is known ends in fromEvcc.
//
// A command: dispatch, then all of it in package command, which asks package plan for what evcc takes only as a whole.
//
// # Where the cut differs from the obvious one
//
// The rules of when a device is gone, offline deletions and places stay here and are no machines: they read the tree, the
// registry and the store at once, and a machine that sees all of these is a core under another name. One machine knows
// another: removal asks the store whether a stage has arrived, because a copy of that knowledge would be a second store.
// Sites own their trust, plans, commands and states; store, removal and standby are one for all sites, because a base topic
// has one broker and one program.
//
// # Goroutines
//
//	Loop.Run     owns the Core; ends with its context, after publishing offline
//	mqtt client  connects and reconnects; ends with the same context (package mqtt)
//
// The MQTT client's handlers, and whoever reports a problem or a time zone, only put events into a mailbox and never wait.
// It is bounded: while the loop is behind, a newer value of a state topic replaces the older one that waits.
package bridge
