// Package mqtt is the program's only way to a broker: a client that stays
// connected, and a small broker of its own for the demo, for tests and for
// whoever asks for it.
//
// The client speaks MQTT 3.1.1 with a clean session and a last will. Every
// connection is a fresh paho client: nothing of an old connection (packet ids,
// waiting messages, subscriptions) reaches the next one, and pauses, texts and
// the order of events are ours. What was handed over and not acknowledged when
// a connection ends is gone; the owner publishes what it wants again in
// [Handler.Up].
//
// # Events
//
// Up and Down are called by [Client.Run] on its own goroutine, Message on
// paho's. Nothing arrives before Up, because a clean session delivers nothing
// that was not subscribed to. All messages of a connection have been delivered
// before the Down that ends it. A Message function that blocks stops reading:
// the broker then queues for us and drops beyond its limit (Mosquitto: 1000
// messages with QoS 1), and after the keep alive time the connection is lost.
// Hand messages over and return. Publish never blocks and may be called from
// anywhere; Subscribe and Flush wait for the broker and must not be called
// from Message, which would keep their answer from being read.
//
// # Goroutines
//
//   - Run: the caller's own. Ends with its context or with Close.
//   - one sender per connection: hands queued messages to paho, one at a time
//     and in order. Ends with the connection; Run waits for it.
//   - paho's own, a handful per connection. They end when the socket is closed;
//     Run waits for them before it connects again or returns.
//   - an attempt to open a WebSocket, while it lasts. paho's dialer cannot be
//     interrupted: when Run's context ends meanwhile, this one is left behind
//     and ends by its own time limit (10 s).
//   - the broker: one that accepts, mochi's two per client and its event loop.
//     All end with [Broker.Close].
//
// The package logs nothing. Errors say what failed, where, and what to do
// next; no password appears in one.
package mqtt
