package discovery

import "evcc-discovery/entities"

// What the program's own device can be told, by the id of its button.
const (
	FollowTitles = "follow_titles" // entities go with their titles after loadpoints have changed positions
	Rediscover   = "rediscover"    // what was deleted in Home Assistant comes back
	ResetIDs     = "reset_ids"     // entities get the ids they were meant to have, where others had taken them
	RemoveAll    = "remove_all"    // everything of ours goes, before the program is uninstalled
)

// adapterButtons are the buttons of the program's own device.
var adapterButtons = []struct {
	id, icon string
	disabled bool
}{
	{FollowTitles, "mdi:swap-vertical", false},
	{Rediscover, "mdi:radar", false},
	{ResetIDs, "mdi:identifier", true},              // it costs ids that the user gave
	{RemoveAll, "mdi:delete-forever-outline", true}, // it costs everything
}

// AdapterCommand is the topic of a button of the program's own device.
func AdapterCommand(base, id string) string { return base + "/adapter/" + id + "/set" }

// PeerTopic is where programs of one base topic ask each other who is at work.
func PeerTopic(base string) string { return base + "/adapter/presence" }

// ProblemTopic says whether something is wrong, ProblemAttributesTopic what.
func ProblemTopic(base string) string { return base + "/adapter/problem/state" }

// ProblemAttributesTopic carries what is wrong, and what to do, as JSON.
func ProblemAttributesTopic(base string) string { return base + "/adapter/problem/attributes" }

// Adapter returns the message of the program's own device.
func (s Site) Adapter() Retained {
	m := Message{
		Device: Device{
			Identifiers: []string{identifier(s.Base, "adapter")}, Name: s.Words.Device("adapter"),
			Manufacturer: "evcc-discovery", Model: s.Words.Model("adapter"), SWVersion: s.Version,
		},
		Origin:           s.origin(),
		Availability:     []Availability{}, // its own state says whether it runs
		AvailabilityMode: "all",
		Components: map[string]Component{
			"binary_sensor_connected": &BinarySensor{
				Common:      s.adapterCommon("binary_sensor", "connected", entities.Diagnostic),
				Reader:      Reader{StateTopic: StatusTopic(s.Base), ValueTemplate: oneOf([]string{"online", "offline"})},
				DeviceClass: "connectivity", PayloadOn: "online", PayloadOff: "offline",
			},
			"binary_sensor_problem": &BinarySensor{
				Common:      s.adapterCommon("binary_sensor", "problem", entities.Diagnostic),
				Reader:      Reader{StateTopic: ProblemTopic(s.Base), ValueTemplate: oneOf([]string{payloadTrue, payloadFalse})},
				DeviceClass: "problem", PayloadOn: payloadTrue, PayloadOff: payloadFalse,
			},
		},
	}
	problem := m.Components["binary_sensor_problem"].common()
	problem.AttributesTopic, problem.AttributesTemplate = ProblemAttributesTopic(s.Base), attributesTemplate
	problem.Availability = &[]Availability{{Topic: StatusTopic(s.Base)}}
	for _, b := range adapterButtons {
		if s.ReadOnly {
			break
		}
		common := s.adapterCommon("button", b.id, entities.Config)
		common.Icon = b.icon
		if b.disabled {
			common.EnabledByDefault = new(bool)
		}
		common.Availability = &[]Availability{{Topic: StatusTopic(s.Base)}}
		m.Components["button_"+b.id] = &Button{Common: common, Writer: Writer{CommandTopic: AdapterCommand(s.Base, b.id)}, PayloadPress: "PRESS"}
	}
	return Retained{Topic: AdapterTopic(s.Prefix, s.Base), Payload: m.Encode()}
}

func (s Site) adapterCommon(platform, id string, category entities.Category) Common {
	return Common{
		Platform: platform, UniqueID: identifier(s.Base, "adapter") + "_" + id,
		DefaultEntityID: platform + "." + Slug(s.Base) + "_" + id, Name: s.Words.Name("adapter." + id),
		EntityCategory: category.String(),
	}
}
