package discovery_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
)

// parts are a message and its components, to be broken one by one.
type parts struct {
	message *discovery.Message
	sensor  *discovery.Sensor
	enum    *discovery.Sensor
	binary  *discovery.BinarySensor
	number  *discovery.Number
	choice  *discovery.Select
	toggle  *discovery.Switch
	button  *discovery.Button
	event   *discovery.Event
}

// flawless returns a message with one component of every kind, which passes Check.
func flawless() parts {
	common := func(platform, id string) discovery.Common {
		return discovery.Common{Platform: platform, UniqueID: "x_" + id, DefaultEntityID: platform + ".evcc_" + id, Name: "Words"}
	}
	reader := discovery.Reader{StateTopic: "evcc/x", ValueTemplate: "{{ value }}"}
	writer := discovery.Writer{CommandTopic: "evcc-discovery/x/set"}
	p := parts{
		sensor: &discovery.Sensor{Common: common("sensor", "power"), Reader: reader, DeviceClass: "power", StateClass: "measurement", Unit: "W", Precision: new(1)},
		enum:   &discovery.Sensor{Common: common("sensor", "action"), Reader: reader, DeviceClass: "enum", Options: []string{"a", "b"}},
		binary: &discovery.BinarySensor{Common: common("binary_sensor", "on"), Reader: reader, DeviceClass: "plug", PayloadOn: "true", PayloadOff: "false"},
		number: &discovery.Number{Common: common("number", "limit"), Reader: reader, Writer: writer, DeviceClass: "battery", Unit: "%", Max: 100, Step: 1, Mode: "box"},
		choice: &discovery.Select{Common: common("select", "mode"), Reader: reader, Writer: writer, Options: []string{"off", "pv"}},
		toggle: &discovery.Switch{Common: common("switch", "boost"), Reader: reader, Writer: writer, PayloadOn: "true", PayloadOff: "false"},
		button: &discovery.Button{Common: common("button", "clear"), Writer: writer, PayloadPress: "-"},
		event:  &discovery.Event{Common: common("event", "command"), StateTopic: "x/event", EventTypes: []string{"accepted"}},
	}
	p.message = &discovery.Message{
		Device: discovery.Device{Identifiers: []string{"x"}, Name: "Garage"}, Origin: discovery.Origin{Name: "evcc-discovery"}, AvailabilityMode: "all",
		Components: map[string]discovery.Component{"sensor_power": p.sensor, "sensor_action": p.enum, "binary_sensor_on": p.binary,
			"number_limit": p.number, "select_mode": p.choice, "switch_boost": p.toggle, "button_clear": p.button, "event_command": p.event},
	}
	return p
}

func TestCheckPassesAFlawlessMessage(t *testing.T) {
	t.Parallel()
	if err := flawless().message.Check(); err != nil {
		t.Error(err)
	}
}

// Each rule, broken alone, is found and named.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	twice := &[]discovery.Availability{{Topic: "evcc/status"}, {Topic: "evcc/status", ValueTemplate: "{{ 'online' }}"}}
	for want, breaks := range map[string]func(p parts){
		"a device needs an identifier":                         func(p parts) { p.message.Device.Identifiers = nil },
		"a device needs an identifier ":                        func(p parts) { p.message.Device.Identifiers = []string{""} },
		"device messages need an origin":                       func(p parts) { p.message.Origin.Name = "" },
		"availability_mode must be all":                        func(p parts) { p.message.AvailabilityMode = "any" },
		"a device needs a component":                           func(p parts) { p.message.Components = nil },
		"Sensor_power: a component key is its platform and id": func(p parts) { rename(p, "sensor_power", "Sensor_power") },
		"sensor power: a component key is its platform and id": func(p parts) { rename(p, "sensor_power", "sensor power") },
		"switch_power: a component key is its platform and id": func(p parts) { rename(p, "sensor_power", "switch_power") },

		"sensor_power: needs a unique_id":                                               func(p parts) { p.sensor.UniqueID = "" },
		"sensor_power: needs a name without spaces around it":                           func(p parts) { p.sensor.Name = "" },
		"sensor_power: needs a name without spaces around it ":                          func(p parts) { p.sensor.Name = "Power " },
		`sensor_power: default_entity_id "sensor.Power" is not sensor.slug`:             func(p parts) { p.sensor.DefaultEntityID = "sensor.Power" },
		`sensor_power: default_entity_id "sensor.evcc__power" is not sensor.slug`:       func(p parts) { p.sensor.DefaultEntityID = "sensor.evcc__power" },
		`sensor_power: default_entity_id "sensor.power_" is not sensor.slug`:            func(p parts) { p.sensor.DefaultEntityID = "sensor.power_" },
		`sensor_power: default_entity_id "power" is not sensor.slug`:                    func(p parts) { p.sensor.DefaultEntityID = "power" },
		`sensor_power: default_entity_id "number.power" is not sensor.slug`:             func(p parts) { p.sensor.DefaultEntityID = "number.power" },
		`sensor_power: icon "flash" needs its prefix`:                                   func(p parts) { p.sensor.Icon = "flash" },
		"sensor_power: no such category: expert":                                        func(p parts) { p.sensor.EntityCategory = "expert" },
		"sensor_power: config is not for sensors":                                       func(p parts) { p.sensor.EntityCategory = "config" },
		"binary_sensor_on: config is not for sensors":                                   func(p parts) { p.binary.EntityCategory = "config" },
		"sensor_power: availability topic evcc/status twice: only the last would count": func(p parts) { p.sensor.Availability = twice },

		`sensor_power: state_topic ""`:                                        func(p parts) { p.sensor.StateTopic = "" },
		`sensor_power: state_topic "evcc/#"`:                                  func(p parts) { p.sensor.StateTopic = "evcc/#" },
		`binary_sensor_on: state_topic "evcc/+/x"`:                            func(p parts) { p.binary.StateTopic = "evcc/+/x" },
		`number_limit: state_topic ""`:                                        func(p parts) { p.number.StateTopic = "" },
		`select_mode: state_topic ""`:                                         func(p parts) { p.choice.StateTopic = "" },
		`switch_boost: state_topic ""`:                                        func(p parts) { p.toggle.StateTopic = "" },
		`sensor_power: value_template "" is not one expression`:               func(p parts) { p.sensor.ValueTemplate = "" },
		`sensor_power: value_template "value" is not one expression`:          func(p parts) { p.sensor.ValueTemplate = "value" },
		`sensor_power: value_template "{{ a }}{{ b }}" is not one expression`: func(p parts) { p.sensor.ValueTemplate = "{{ a }}{{ b }}" },
		`sensor_power: value_template "{% if a %}" is not one expression`:     func(p parts) { p.sensor.ValueTemplate = "{% if a %}" },
		`number_limit: command_topic ""`:                                      func(p parts) { p.number.CommandTopic = "" },
		`select_mode: command_topic "x/+/set"`:                                func(p parts) { p.choice.CommandTopic = "x/+/set" },
		`switch_boost: command_topic ""`:                                      func(p parts) { p.toggle.CommandTopic = "" },
		`button_clear: command_topic ""`:                                      func(p parts) { p.button.CommandTopic = "" },
		"button_clear: needs payload_press":                                   func(p parts) { p.button.PayloadPress = "" },

		"sensor_power: unknown device class energie":                             func(p parts) { p.sensor.DeviceClass = "energie" },
		`sensor_power: unit "kWh" does not go with class power`:                  func(p parts) { p.sensor.Unit = "kWh" },
		`sensor_power: unit "" does not go with class power`:                     func(p parts) { p.sensor.Unit = "" },
		`sensor_power: state class "total" does not go with class power`:         func(p parts) { p.sensor.StateClass = "total" },
		`sensor_power: state class "measurement" does not go with class energy`:  func(p parts) { p.sensor.DeviceClass, p.sensor.Unit = "energy", "kWh" },
		`sensor_power: unit "W" does not go with class timestamp`:                func(p parts) { p.sensor.DeviceClass, p.sensor.StateClass, p.sensor.Precision = "timestamp", "", nil },
		"sensor_power: options and class enum go together":                       func(p parts) { p.sensor.Options = []string{"a"} },
		"sensor_action: options and class enum go together":                      func(p parts) { p.enum.DeviceClass = "" },
		"sensor_action: a precision makes the sensor numeric":                    func(p parts) { p.enum.Precision = new(1) },
		"sensor_action: an option is empty":                                      func(p parts) { p.enum.Options = []string{"a", ""} },
		"sensor_action: an option is there twice: [b a b]":                       func(p parts) { p.enum.Options = []string{"b", "a", "b"} },
		`sensor_action: state class "measurement" does not go with class enum`:   func(p parts) { p.enum.StateClass = "measurement" },
		"binary_sensor_on: no binary sensor has class garage":                    func(p parts) { p.binary.DeviceClass = "garage" },
		`number_limit: unit "A" does not go with class battery`:                  func(p parts) { p.number.Unit = "A" },
		"number_limit: min 100 is not below max 100":                             func(p parts) { p.number.Min = 100 },
		"number_limit: step 0 is below 0.001":                                    func(p parts) { p.number.Step = 0 },
		`event_command: state_topic ""`:                                          func(p parts) { p.event.StateTopic = "" },
		"event_command: needs options":                                           func(p parts) { p.event.EventTypes = nil },
		"event_command: an event has its attributes in its message":              func(p parts) { p.event.AttributesTopic, p.event.AttributesTemplate = "x", "{{ value }}" },
		"sensor_power: attributes need a topic and a template":                   func(p parts) { p.sensor.AttributesTopic = "x" },
		`sensor_power: json_attributes_template "{% x %}" is not one expression`: func(p parts) { p.sensor.AttributesTopic, p.sensor.AttributesTemplate = "x", "{% x %}" },
		"select_mode: needs options":                                             func(p parts) { p.choice.Options = nil },
		"select_mode: an option is empty":                                        func(p parts) { p.choice.Options = []string{""} },
		"select_mode: an option is there twice: [pv pv]":                         func(p parts) { p.choice.Options = []string{"pv", "pv"} },
		"select_mode: the option none can never be shown":                        func(p parts) { p.choice.Options = []string{"pv", "None"} },
	} {
		p := flawless()
		breaks(p)
		got := ""
		if err := p.message.Check(); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff("Garage: "+strings.TrimSpace(want), got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	p := flawless()
	p.enum.UniqueID = p.sensor.UniqueID // which of the two is named is chance
	if err := p.message.Check(); err == nil || !strings.HasSuffix(err.Error(), ": unique_id x_power twice on one platform") {
		t.Errorf("a unique id twice: got %v", err)
	}
	p = flawless()
	p.toggle.UniqueID = p.sensor.UniqueID
	if err := p.message.Check(); err != nil {
		t.Errorf("a unique id on two platforms: got %v", err)
	}
	p = flawless()
	p.message.Device.Name = ""
	if err := p.message.Check(); err == nil || err.Error() != ": a device needs a name" {
		t.Errorf("without a name: got %v", err)
	}
}

// All problems are told at once.
func TestCheckTellsAll(t *testing.T) {
	t.Parallel()
	p := flawless()
	p.sensor.Unit, p.choice.Options, p.message.Origin.Name = "km", nil, ""
	got := strings.Count(p.message.Check().Error(), "Garage: ")
	if got != 3 {
		t.Errorf("got %d problems, want 3: %v", got, p.message.Check())
	}
}

func rename(p parts, old, key string) {
	p.message.Components[key] = p.message.Components[old]
	delete(p.message.Components, old)
}
