// Package bridge stands between evcc and Home Assistant: a pure core and its one loop.
//
//	evcc ── values (retained) ───────────────────────────▶ Home Assistant
//	  ▲                    │                                   ▲      │
//	  │ /set               ▼ tree                     configs │      │ commands, birth
//	  │            ┌───────────────┐  wanted − retained        │      │
//	  └── relay ───│ Core.Step     │───────────────────────────┘      │
//	               │ (events →     │◀─────────────────────────────────┘
//	               │  actions)     │───▶ notes (log)
//	               └───────────────┘
//
// Values do not pass through here: Home Assistant reads evcc's own topics. What passes is knowledge of which topics
// there are, and commands.
//
// # The core
//
// [Core.Step] takes one [Event] and returns the [Action]s that follow. Time is part of the event; no clock, broker,
// logger or goroutine is inside, so that every behaviour is a transcript: text in, text out (testdata/*.txt).
// Step only routes. The machines behind it:
//
//   - learning: after each connect the retained world is read until it is quiet; only then is anything published.
//   - standby: whether another evcc-discovery is at work on our base topic, which is asked before anything is published.
//   - presence: whether what evcc left on the broker can be trusted. evcc blanks its tree at start and stop; after a
//     crash it says "online" while the old tree is still there. The retained topic <base>/<site>/ready is offline from a crash
//     until the blanking or the first full cycle, and while evcc says online and is silent.
//   - order: from the blanking until the titles tell that every loadpoint is where it was, or what is elsewhere is
//     published as unavailable, ready is offline, too; evcc's first values come with its titles.
//   - shape: which objects and keys there are. It changes seldom; after a change the core waits until it is quiet and
//     compares what is wanted with what is retained (package discovery). evcc's blanking changes no shape: emptiness is
//     no information about existence.
//   - judge and removal: what is on the broker and not wanted any more. A device is gone when evcc, trusted for a full
//     round and more, counts its kind without it; an entity when the catalogue or READ_ONLY has given it up, never
//     because its value is absent. What goes stays on the broker as a tombstone until Home Assistant has started once more.
//   - connected: what loadpoints show of the vehicle that is connected; commands for it go to the vehicle's own controls.
//   - reset: everything is removed and published in full again, so that entities get the ids they were meant to have.
//   - farewell: everything is taken off the broker when the user asks for it before uninstalling.
//   - outbox: device messages, the site's first, never the same device twice within 5 s, all of them once more
//     after Home Assistant's birth message.
//   - others: devices of another base topic at the same evcc.
//   - foreign: what others write to our config topics. Home Assistant's user who deletes a device is respected until
//     "rediscover"; anything else is put right, also what is emptied together with a registry.
//   - ledger: what we have retained and the broker has not given back; what is too large for it is left out, and tried
//     again later.
//   - rollcall: which device messages the broker really keeps, which the registry then says of its objects.
//   - away: devices that the registry says are kept, and whose message is gone when we come: their user has deleted them
//     meanwhile, when the broker says so twice. Whatever else may have taken them away, they come back.
//   - problems: what is wrong, as declared in package problem: told when it has lasted, hidden by what it follows from.
//   - commands: checked against their row, sent to evcc's /set, and followed to their end (package command).
//   - shared: what all loadpoints have in common, as a state of ours.
//   - vehicle limits: 0 where evcc publishes nothing, unknown where the vehicle is gone.
//   - modes: what evcc said of a loadpoint's mode, in the registry, for the switches that return to the one before.
//   - plans: charging plans that are being made, and whether evcc has one (package plan).
//
// # Goroutines
//
//	Loop.Run     owns the Core; ends with its context, after publishing offline
//	mqtt client  connects and reconnects; ends with the same context (package mqtt)
//
// The MQTT client's handlers only put events into a mailbox and never wait. It is bounded: while the loop is
// behind, a newer value of a state topic replaces the older one that waits.
package bridge
