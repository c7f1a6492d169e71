// Package problem declares what can be wrong: one declaration for each, and nothing else. The words that people read in
// Home Assistant and at the health endpoint are in package translations, under the same code; package bridge decides
// when a problem is there, and shows it.
package problem

import (
	"slices"
	"time"
)

// Severity says how much is lost.
type Severity string

// The severities.
const (
	Warning Severity = "warning" // something does not work as it should
	Error   Severity = "error"   // nothing works until somebody does something
)

// Code names a problem. It is frozen: automations compare it.
type Code string

// The problems.
const (
	BrokerUnreachable Code = "broker_unreachable"
	BrokerLogin       Code = "broker_login"
	BrokerTLS         Code = "broker_tls"
	BrokerProtocol    Code = "broker_protocol"
	BrokerForbids     Code = "broker_forbids"
	SlowConnection    Code = "slow_connection"
	MessageTooLarge   Code = "message_too_large"
	Standby           Code = "standby"
	OtherBase         Code = "other_base"
	ForeignConfig     Code = "foreign_config"
	HomeWithoutMQTT   Code = "home_without_mqtt"
	EvccMissing       Code = "evcc_missing"
	EvccOffline       Code = "evcc_offline"
	EvccStarting      Code = "evcc_starting"
	EvccForgotten     Code = "evcc_forgotten"
	EvccSilent        Code = "evcc_silent"
	EvccOld           Code = "evcc_old"
	EvccFlood         Code = "evcc_flood"
	BaseFlood         Code = "base_flood"
	OrderChanged      Code = "order_changed"
	ClockWrong        Code = "clock_wrong"
	CommandFailed     Code = "command_failed"
)

// Problem is one declaration.
type Problem struct {
	Code     Code
	Severity Severity
	Grace    time.Duration // how long it must last before anybody is told
	HiddenBy []Code        // while one of these is there, it only follows from it
	Log      string        // what the log says when it begins; empty: who finds it says it
	Over     string        // what the log says when it is over; empty: likewise
}

// noBroker hides everything that is seen through the broker.
var noBroker = []Code{BrokerUnreachable, BrokerLogin, BrokerTLS, BrokerProtocol, Standby}

// slow hides what is only late over a slow connection.
var slow = append(slices.Clone(noBroker), SlowConnection)

// All are the problems, from the broker to evcc: what comes first hides what follows from it.
var All = []Problem{
	{Code: BrokerUnreachable, Severity: Error, Grace: 10 * time.Second},
	{Code: BrokerLogin, Severity: Error},
	{Code: BrokerTLS, Severity: Error},
	{Code: BrokerProtocol, Severity: Error, Grace: 10 * time.Second},
	{Code: BrokerForbids, Severity: Error, HiddenBy: noBroker},
	{Code: SlowConnection, Severity: Warning, Grace: 30 * time.Second, HiddenBy: noBroker,
		Log:  "the connection to the broker is too slow: messages wait; check the network between this machine and the broker",
		Over: "the connection to the broker keeps up"},
	{Code: MessageTooLarge, Severity: Error, HiddenBy: slow,
		Log:  "the broker does not keep messages of ours: raise its limit for their size (Mosquitto: max_packet_size, message_size_limit), or allow our user the topics",
		Over: "the broker keeps everything"},
	{Code: Standby, Severity: Warning,
		Log:  "another evcc-discovery with this base topic is at work: this one waits until it ends; stop one of the two, or give this one another EVCC_DISCOVERY_BASE_TOPIC and other evcc topics",
		Over: "the other evcc-discovery is gone: this one takes over"},
	{Code: OtherBase, Severity: Warning, Grace: 10 * time.Second, HiddenBy: noBroker,
		Log:  "devices of another base topic exist for the same evcc, so everything is there twice: stop the other evcc-discovery, and run evcc-discovery remove with its EVCC_DISCOVERY_BASE_TOPIC",
		Over: "the devices of the other base topic are gone"},
	{Code: ForeignConfig, Severity: Warning, HiddenBy: slow,
		Log:  "another program keeps writing to our config topics: find it in the broker's log, and stop it",
		Over: "nobody else writes to our config topics any more"},
	{Code: HomeWithoutMQTT, Severity: Error,
		Log:  "Home Assistant's MQTT integration is not set up, so nothing will appear there: add it under Settings → Devices & services → MQTT",
		Over: "Home Assistant's MQTT integration is set up"},
	{Code: EvccMissing, Severity: Error, Grace: 30 * time.Second, HiddenBy: noBroker,
		Log:  "no evcc publishes under this root: switch on MQTT in evcc (Configuration → Integrations → MQTT) or set EVCC_DISCOVERY_EVCC_TOPICS to its topic",
		Over: "evcc is there"},
	{Code: EvccOffline, Severity: Warning, Grace: 30 * time.Second, HiddenBy: noBroker,
		Log: "evcc is offline: its entities are unavailable until it starts", Over: "evcc has started"},
	{Code: EvccStarting, Severity: Warning, Grace: 30 * time.Second, HiddenBy: noBroker,
		Log: "evcc is online and publishes nothing yet: it waits for its devices", Over: "evcc is there"},
	{Code: EvccForgotten, Severity: Error, Grace: 30 * time.Second, HiddenBy: noBroker,
		Log: "evcc publishes, but the broker has lost what it said when it started: restart evcc", Over: "evcc is there"},
	{Code: EvccSilent, Severity: Error, Grace: time.Minute, HiddenBy: slow,
		Log: "evcc says online and publishes nothing: its entities are unavailable until it does; restart evcc if this lasts", Over: "evcc publishes again"},
	{Code: EvccOld, Severity: Warning, HiddenBy: noBroker,
		Log: "this evcc is older than any that was tried: update evcc if something is missing", Over: "evcc is new enough"},
	{Code: EvccFlood, Severity: Warning, HiddenBy: noBroker,
		Log: "there are more topics under this root than any evcc has: what came last is not looked at; find who publishes them", Over: "the topics under this root can be looked at"},
	{Code: BaseFlood, Severity: Warning, HiddenBy: noBroker,
		Log: "there are more topics under our base topic than we have: what came last is not looked at; find who publishes them", Over: "the topics under our base topic can be looked at"},
	{Code: OrderChanged, Severity: Warning, HiddenBy: noBroker,
		Log:  "other loadpoints or meters stand where these were, and this evcc gives them no lasting name: they are unavailable, so that no history is mixed; put them in their old order, or press \"Follow titles\" on the device evcc-discovery to let the entities go with their titles",
		Over: "every loadpoint and meter has its place"},
	{Code: ClockWrong, Severity: Warning, Grace: 2 * time.Minute, HiddenBy: slices.Concat(slow, []Code{EvccSilent, EvccOffline}),
		Log: "evcc's clock and ours differ: plans would start at the wrong time; set both machines by NTP", Over: "evcc's clock is right"},
	{Code: CommandFailed, Severity: Warning, HiddenBy: slices.Concat(noBroker, []Code{EvccSilent, EvccOffline})},
}

// Of returns the declaration of a code; nil where there is none.
func Of(code Code) *Problem {
	i := slices.IndexFunc(All, func(p Problem) bool { return p.Code == code })
	if i < 0 {
		return nil
	}
	return &All[i]
}

// Shown is a problem that is there, in the user's words.
type Shown struct {
	Code     Code      `json:"code"`
	Severity Severity  `json:"severity"`
	Title    string    `json:"title"`            // what
	Text     string    `json:"text"`             // what to do next
	Where    string    `json:"where,omitempty"`  // evcc's root, a device, a topic
	Detail   string    `json:"detail,omitempty"` // what was seen
	Since    time.Time `json:"since"`
}
