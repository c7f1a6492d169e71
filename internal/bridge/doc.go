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
//   - presence: whether what evcc left on the broker can be trusted. evcc blanks its tree at start and stop; after a
//     crash it says "online" while the old tree is still there. The retained topic <base>/<site>/ready is offline from a crash
//     until the blanking or the first full cycle, and while evcc says online and is silent.
//   - shape: which objects and keys there are. It changes seldom; after a change the core waits until it is quiet and
//     compares what is wanted with what is retained (package discovery). evcc's blanking changes no shape: emptiness is
//     no information about existence, and nothing is ever dropped.
//   - outbox: device messages, the site's first, never the same device twice within 5 s, all of them once more
//     after Home Assistant's birth message.
//   - relay: commands, checked against their row, sent to evcc's /set, followed until evcc's empty answer and the
//     value are seen. One command per topic is under way; a newer one replaces the one that waits.
//
// # Goroutines
//
//	Loop.Run     owns the Core; ends with its context, after publishing offline
//	mqtt client  connects and reconnects; ends with the same context (package mqtt)
//
// The MQTT client's handlers only put events into a mailbox and never wait. It is bounded: while the loop is
// behind, a newer value of a state topic replaces the older one that waits.
package bridge
