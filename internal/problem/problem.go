// Package problem declares what can be wrong, once per problem, and tracks it ([Tracker]). It has no words: title and
// text are in package translations, under the problem's code. Package bridge detects problems and shows them.
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
	BrokerCloses      Code = "broker_closes"
	BrokerForbids     Code = "broker_forbids"
	BrokerDrops       Code = "broker_drops"
	SlowConnection    Code = "slow_connection"
	MessageTooLarge   Code = "message_too_large"
	Standby           Code = "standby"
	OtherSettings     Code = "other_settings"
	OtherBase         Code = "other_base"
	ForeignConfig     Code = "foreign_config"
	HomeWithoutMQTT   Code = "home_without_mqtt"
	StateFile         Code = "state_file"
	EvccMissing       Code = "evcc_missing"
	EvccOffline       Code = "evcc_offline"
	EvccStarting      Code = "evcc_starting"
	EvccForgotten     Code = "evcc_forgotten"
	EvccSilent        Code = "evcc_silent"
	EvccOld           Code = "evcc_old"
	Flood             Code = "flood"
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
	Quiet    bool          // whoever detects it logs it: [Tracker.Tick] returns no line
}

// noBroker hides everything that is seen through the broker.
var noBroker = []Code{BrokerUnreachable, BrokerLogin, BrokerTLS, BrokerProtocol, BrokerCloses, Standby}

// slow hides what is only late over a slow connection.
var slow = append(slices.Clone(noBroker), SlowConnection)

// All are the problems, from the broker to evcc: what comes first hides what follows from it.
var All = []Problem{
	{Code: BrokerUnreachable, Severity: Error, Grace: 10 * time.Second, Quiet: true},
	{Code: BrokerLogin, Severity: Error, Quiet: true},
	{Code: BrokerTLS, Severity: Error, Quiet: true},
	{Code: BrokerProtocol, Severity: Error, Grace: 10 * time.Second, Quiet: true},
	{Code: BrokerCloses, Severity: Error, HiddenBy: []Code{BrokerUnreachable, BrokerLogin, BrokerTLS, BrokerProtocol}},
	{Code: BrokerForbids, Severity: Error, HiddenBy: noBroker, Quiet: true},
	{Code: BrokerDrops, Severity: Error, HiddenBy: slow},
	{Code: SlowConnection, Severity: Warning, Grace: 30 * time.Second, HiddenBy: noBroker},
	{Code: MessageTooLarge, Severity: Error, HiddenBy: append(slices.Clone(slow), BrokerDrops)},
	{Code: Standby, Severity: Warning},
	{Code: OtherSettings, Severity: Warning, HiddenBy: noBroker},
	{Code: OtherBase, Severity: Warning, Grace: 10 * time.Second, HiddenBy: noBroker},
	{Code: ForeignConfig, Severity: Warning, HiddenBy: slow},
	{Code: HomeWithoutMQTT, Severity: Error},
	{Code: StateFile, Severity: Warning},
	{Code: EvccMissing, Severity: Error, Grace: 30 * time.Second, HiddenBy: noBroker},
	{Code: EvccOffline, Severity: Warning, Grace: 30 * time.Second, HiddenBy: noBroker},
	{Code: EvccStarting, Severity: Warning, Grace: 30 * time.Second, HiddenBy: noBroker},
	{Code: EvccForgotten, Severity: Error, Grace: 30 * time.Second, HiddenBy: noBroker},
	{Code: EvccSilent, Severity: Error, Grace: time.Minute, HiddenBy: slow},
	{Code: EvccOld, Severity: Warning, HiddenBy: noBroker},
	{Code: Flood, Severity: Warning, HiddenBy: noBroker},
	{Code: OrderChanged, Severity: Warning, HiddenBy: noBroker},
	{Code: ClockWrong, Severity: Warning, Grace: 2 * time.Minute, HiddenBy: slices.Concat(slow, []Code{EvccSilent, EvccOffline})},
	{Code: CommandFailed, Severity: Warning, HiddenBy: slices.Concat(noBroker, []Code{EvccSilent, EvccOffline}), Quiet: true},
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
