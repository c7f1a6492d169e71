// Package command hands one site's commands to its evcc and follows them to their end.
//
// Home Assistant's commands are checked against their row, translated to what this evcc takes, sent to /set, and followed
// until evcc's empty answer and the value are seen. One command per setter, and per group of related controls, is under
// way; a newer one replaces the one that waits.
//
// # How a command ends
//
// Exactly once, as one of five: accepted (evcc shows the wanted value), refused (by us, or by evcc: it answered and
// its value stayed), replaced, unanswered, dropped (it would have been late). An answer is never taken back. A value
// that comes after a refusal only ends the problem, because evcc publishes settings on change and may be slow. Every end
// goes through [Machine.end], which tells the log and Home Assistant: an event each, the last one as a state, and a problem
// while the last command on some control failed.
//
// # The home battery
//
// evcc drops the mode that another program asks of the home battery after a minute. So the command that was accepted is
// repeated for as long as the user wants it; it is given back by automatic, at our orderly end, when evcc restarts, and
// when somebody else sets another mode.
//
// # Adding a kind of command
//
// A [entities.WriteKind], its case in [entities.Instance.Encode], and, unless evcc shows the payload itself on the
// row's own topic, its cases in [entities.Instance.Watches] (topics that tell) and [entities.Instance.Fulfilled] (what
// they must say). Controls that evcc checks against each other share an [entities.Group]; why evcc says no is told by
// [entities.Instance.Refusal]. What a machine of ours refuses itself ends with Machine.end.
package command
