package discovery

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"evcc-discovery/entities"
)

// classUnits are the units that Home Assistant takes for a device class, of those that we use.
// https://www.home-assistant.io/integrations/sensor/#device-class
var classUnits = map[string][]string{
	"battery":        {"%"},
	"current":        {"A", "mA"},
	"distance":       {"km", "m", "mi"},
	"duration":       {"d", "h", "min", "s", "ms"},
	"energy":         {"Wh", "kWh", "MWh"},
	"energy_storage": {"Wh", "kWh", "MWh"},
	"enum":           {""},
	"power":          {"W", "kW", "MW"},
	"temperature":    {"°C", "°F", "K"},
	"timestamp":      {""},
	"voltage":        {"V", "mV"},
}

// classStates are the state classes that go with a device class; classes that are not named take any.
var classStates = map[string][]string{
	"energy":         {"", "total", "total_increasing"},
	"energy_storage": {"", "measurement"},
	"enum":           {""},
	"timestamp":      {""},
	"battery":        {"", "measurement"},
	"current":        {"", "measurement"},
	"power":          {"", "measurement"},
	"temperature":    {"", "measurement"},
	"voltage":        {"", "measurement"},
}

var binaryClasses = []string{"", "battery_charging", "connectivity", "plug", "power", "problem", "running"}

var (
	validComponent = regexp.MustCompile(`^[a-z0-9_]+$`)
	validEntityID  = regexp.MustCompile(`^[a-z_]+\.[a-z0-9]+(_[a-z0-9]+)*$`)
	validTemplate  = regexp.MustCompile(`^\{\{ [^{}]+ \}\}$`)
)

// Check returns everything that Home Assistant would refuse or warn about, nil if nothing. Names of components are
// part of each error.
func (m *Message) Check() error {
	var problems []error
	fail := func(bad bool, format string, args ...any) {
		if bad {
			problems = append(problems, fmt.Errorf("%s: %w", m.Device.Name, fmt.Errorf(format, args...)))
		}
	}
	fail(len(m.Device.Identifiers) == 0 || m.Device.Identifiers[0] == "", "a device needs an identifier")
	fail(m.Device.Name == "", "a device needs a name")
	fail(!entities.IsClean(m.Device.Name) || !entities.IsClean(m.Device.SWVersion), "its name %q or version %q has what cannot be shown", m.Device.Name, m.Device.SWVersion)
	fail(m.Origin.Name == "", "device messages need an origin")
	fail(m.AvailabilityMode != "all", "availability_mode must be all")
	fail(len(m.Components) == 0, "a device needs a component")
	uniqueIDs := make(map[string]bool)
	for key, component := range m.Components {
		c := component.common()
		failHere := func(bad bool, format string, args ...any) { fail(bad, key+": "+format, args...) }
		id := c.Platform + " " + c.UniqueID
		failHere(uniqueIDs[id], "unique_id %s twice on one platform", c.UniqueID)
		uniqueIDs[id] = true
		failHere(!validComponent.MatchString(key) || !strings.HasPrefix(key, c.Platform+"_"), "a component key is its platform and id")
		c.check(failHere)
		checkComponent(component, failHere)
	}
	return errors.Join(problems...)
}

type failer func(bad bool, format string, args ...any)

func (c *Common) check(fail failer) {
	fail(c.UniqueID == "", "needs a unique_id")
	fail(c.Name == "" || c.Name != strings.TrimSpace(c.Name), "needs a name without spaces around it")
	fail(!entities.IsClean(c.Name), "the name %q has what cannot be shown", c.Name)
	fail(!validEntityID.MatchString(c.DefaultEntityID) || !strings.HasPrefix(c.DefaultEntityID, c.Platform+"."), "default_entity_id %q is not %s.slug", c.DefaultEntityID, c.Platform)
	fail(c.Icon != "" && !strings.HasPrefix(c.Icon, "mdi:"), "icon %q needs its prefix", c.Icon)
	fail(!slices.Contains([]string{"", "config", "diagnostic"}, c.EntityCategory), "no such category: %s", c.EntityCategory)
	fail(c.EntityCategory == "config" && strings.HasSuffix(c.Platform, "sensor"), "config is not for sensors")
	fail((c.AttributesTopic == "") != (c.AttributesTemplate == ""), "attributes need a topic and a template")
	fail(c.AttributesTemplate != "" && c.AttributesTemplate != seriesAttributes && !validTemplate.MatchString(strings.ReplaceAll(c.AttributesTemplate, "'{}'", "")), "json_attributes_template %q is not one expression", c.AttributesTemplate)
	if c.Availability != nil {
		topics := make(map[string]bool)
		for _, a := range *c.Availability {
			fail(topics[a.Topic], "availability topic %s twice: only the last would count", a.Topic)
			topics[a.Topic] = true
		}
	}
}

func checkComponent(component Component, fail failer) {
	switch c := component.(type) {
	case *Sensor:
		c.Reader.check(fail)
		c.check(fail)
	case *BinarySensor:
		c.Reader.check(fail)
		fail(!slices.Contains(binaryClasses, c.DeviceClass), "no binary sensor has class %s", c.DeviceClass)
	case *Number:
		c.Reader.check(fail)
		c.Writer.check(fail)
		units, known := classUnits[c.DeviceClass]
		fail(known && !slices.Contains(units, c.Unit), "unit %q does not go with class %s", c.Unit, c.DeviceClass)
		fail(c.Min >= c.Max, "min %v is not below max %v", c.Min, c.Max)
		fail(c.Step < 0.001, "step %v is below 0.001", c.Step)
	case *Select:
		c.Reader.check(fail)
		c.Writer.check(fail)
		checkOptions(c.Options, fail)
		fail(slices.ContainsFunc(c.Options, func(o string) bool { return strings.EqualFold(o, "none") }), "the option none can never be shown")
	case *DateTime:
		c.Reader.check(fail)
		c.Writer.check(fail)
		fail(c.ValueTemplate != instantTemplate, "states without an offset are refused: only instantTemplate gives one")
	case *Switch:
		c.Reader.check(fail)
		c.Writer.check(fail)
	case *Event:
		fail(c.StateTopic == "" || strings.ContainsAny(c.StateTopic, "+#"), "state_topic %q", c.StateTopic)
		fail(c.AttributesTopic != "", "an event has its attributes in its message")
		checkOptions(c.EventTypes, fail)
	case *Button:
		c.Writer.check(fail)
		fail(c.PayloadPress == "", "needs payload_press")
	}
}

func (c *Sensor) check(fail failer) {
	units, known := classUnits[c.DeviceClass]
	fail(c.DeviceClass != "" && !known, "unknown device class %s", c.DeviceClass)
	fail(known && !slices.Contains(units, c.Unit), "unit %q does not go with class %s", c.Unit, c.DeviceClass)
	states, known := classStates[c.DeviceClass]
	fail(known && !slices.Contains(states, c.StateClass), "state class %q does not go with class %s", c.StateClass, c.DeviceClass)
	enum := c.DeviceClass == "enum"
	fail(enum != (len(c.Options) > 0), "options and class enum go together")
	fail(c.Precision != nil && (enum || c.DeviceClass == "timestamp"), "a precision makes the sensor numeric")
	if enum {
		checkOptions(c.Options, fail)
	}
}

func (r *Reader) check(fail failer) {
	fail(r.StateTopic == "" || strings.ContainsAny(r.StateTopic, "+#"), "state_topic %q", r.StateTopic)
	fail(r.ValueTemplate != seriesTemplate && !validTemplate.MatchString(r.ValueTemplate), "value_template %q is not one expression", r.ValueTemplate)
}

func (w *Writer) check(fail failer) {
	fail(w.CommandTopic == "" || strings.ContainsAny(w.CommandTopic, "+#"), "command_topic %q", w.CommandTopic)
}

func checkOptions(options []string, fail failer) {
	fail(len(options) == 0, "needs options")
	fail(slices.Contains(options, ""), "an option is empty")
	fail(slices.ContainsFunc(options, func(o string) bool { return !entities.IsClean(o) }), "an option has what cannot be shown: %q", options)
	sorted := slices.Sorted(slices.Values(options))
	fail(len(slices.Compact(sorted)) != len(options), "an option is there twice: %v", options)
}
