package discovery

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Message is Home Assistant's device message.
type Message struct {
	Device           Device               `json:"device"`
	Origin           Origin               `json:"origin"`
	Availability     []Availability       `json:"availability"` // of all components that have none of their own
	AvailabilityMode string               `json:"availability_mode"`
	Components       map[string]Component `json:"components"`
}

// Device is what Home Assistant shows as a device.
type Device struct {
	Identifiers  []string `json:"identifiers"`
	Name         string   `json:"name"`
	Manufacturer string   `json:"manufacturer,omitempty"`
	Model        string   `json:"model,omitempty"`
	SWVersion    string   `json:"sw_version,omitempty"`
	ViaDevice    string   `json:"via_device,omitempty"` // identifier of the parent, which must be published first
}

// Origin names the publisher in Home Assistant's log.
type Origin struct {
	Name      string `json:"name"`
	SWVersion string `json:"sw_version,omitempty"`
}

// Availability is one condition; all of a list must hold.
type Availability struct {
	Topic         string `json:"topic"`
	ValueTemplate string `json:"value_template,omitempty"` // must render online or offline
}

// Component is one entity: a Sensor, BinarySensor, Number, Select, DateTime, Switch, Button or Event.
type Component interface{ common() *Common }

// Common is what all components have.
type Common struct {
	Platform           string          `json:"platform"`
	UniqueID           string          `json:"unique_id"`
	DefaultEntityID    string          `json:"default_entity_id"`
	Name               string          `json:"name"`
	Icon               string          `json:"icon,omitempty"`
	EntityCategory     string          `json:"entity_category,omitempty"`
	EnabledByDefault   *bool           `json:"enabled_by_default,omitempty"`    // nil = true
	Availability       *[]Availability `json:"availability,omitempty"`          // instead of the message's; empty = always available
	AttributesTopic    string          `json:"json_attributes_topic,omitempty"` // a JSON object
	AttributesTemplate string          `json:"json_attributes_template,omitempty"`
	QoS                int             `json:"qos,omitempty"` // another value makes Home Assistant read the retained state again
}

func (c *Common) common() *Common { return c }

// Reader is what every component with a state has.
type Reader struct {
	StateTopic    string `json:"state_topic"`
	ValueTemplate string `json:"value_template"`
}

// Writer is what every component that takes commands has.
type Writer struct {
	CommandTopic string `json:"command_topic"`
}

// Sensor https://www.home-assistant.io/integrations/sensor.mqtt/
type Sensor struct {
	Common
	Reader
	DeviceClass string   `json:"device_class,omitempty"`
	StateClass  string   `json:"state_class,omitempty"`
	Unit        string   `json:"unit_of_measurement,omitempty"`
	Precision   *int     `json:"suggested_display_precision,omitempty"` // nil = Home Assistant's default
	Options     []string `json:"options,omitempty"`                     // of class enum
}

// BinarySensor https://www.home-assistant.io/integrations/binary_sensor.mqtt/
type BinarySensor struct {
	Common
	Reader
	DeviceClass string `json:"device_class,omitempty"`
	PayloadOn   string `json:"payload_on"`
	PayloadOff  string `json:"payload_off"`
}

// Number https://www.home-assistant.io/integrations/number.mqtt/
type Number struct {
	Common
	Reader
	Writer
	DeviceClass string  `json:"device_class,omitempty"`
	Unit        string  `json:"unit_of_measurement,omitempty"`
	Min         float64 `json:"min"`
	Max         float64 `json:"max"`
	Step        float64 `json:"step"`
	Mode        string  `json:"mode"`
}

// Select https://www.home-assistant.io/integrations/select.mqtt/
type Select struct {
	Common
	Reader
	Writer
	Options []string `json:"options"`
}

// DateTime https://www.home-assistant.io/integrations/datetime.mqtt/ is there since Home Assistant 2026.5. States need an
// offset; commands have one.
type DateTime struct {
	Common
	Reader
	Writer
}

// Switch https://www.home-assistant.io/integrations/switch.mqtt/
type Switch struct {
	Common
	Reader
	Writer
	PayloadOn  string `json:"payload_on"`
	PayloadOff string `json:"payload_off"`
}

// Button https://www.home-assistant.io/integrations/button.mqtt/
type Button struct {
	Common
	Writer
	PayloadPress string `json:"payload_press"`
}

// Event https://www.home-assistant.io/integrations/event.mqtt/
type Event struct {
	Common
	StateTopic string   `json:"state_topic"` // unretained JSON with event_type; what else is in it are attributes
	EventTypes []string `json:"event_types"`
}

// Encode returns the message's bytes: always the same for the same message.
func (m *Message) Encode() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // templates compare with < and >
	if err := e.Encode(m); err != nil {
		panic(fmt.Sprintf("discovery: message of %s: %v", m.Device.Name, err)) // only strings and finite numbers in it
	}
	return strings.TrimSuffix(b.String(), "\n")
}
