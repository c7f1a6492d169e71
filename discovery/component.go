package discovery

import (
	"cmp"

	"evcc-discovery/entities"
)

// component makes Home Assistant's view of one instance.
func (b *builder) component(in *entities.Instance) Component {
	row, options, q := in.Row, in.Options, in.Row.Quantity(in.Context)
	common := b.common(in)
	reader := b.reader(in)
	common.QoS = b.reread(in, reader.ValueTemplate)
	switch row.Platform {
	case entities.Sensor:
		if row.Measure != entities.Enum {
			options = nil
		}
		return &Sensor{Common: common, Reader: reader, DeviceClass: q.DeviceClass, StateClass: q.StateClass,
			Unit: q.Unit, Precision: precision(q), Options: options}
	case entities.BinarySensor:
		on, off := payloadTrue, payloadFalse
		if row.Reading == entities.Online {
			on, off = "online", "offline"
		}
		return &BinarySensor{Common: common, Reader: reader, DeviceClass: q.DeviceClass, PayloadOn: on, PayloadOff: off}
	case entities.Number:
		r := in.Range()
		return &Number{Common: common, Reader: reader, Writer: b.writer(row), DeviceClass: q.DeviceClass, Unit: q.Unit,
			Min: r.Min, Max: r.Max, Step: r.Step, Mode: mode(in)}
	case entities.Select:
		return &Select{Common: common, Reader: reader, Writer: b.writer(row), Options: options}
	case entities.Event:
		return &Event{Common: common, StateTopic: reader.StateTopic, EventTypes: options}
	case entities.DateTime:
		return &DateTime{Common: common, Reader: reader, Writer: b.writer(row)}
	case entities.Switch:
		return &Switch{Common: common, Reader: reader, Writer: b.writer(row), PayloadOn: payloadTrue, PayloadOff: payloadFalse}
	default:
		return &Button{Common: common, Writer: b.writer(row), PayloadPress: entities.Clear}
	}
}

// precision is how many digits Home Assistant shows.
func precision(q entities.Quantity) *int {
	if q.Precision == 0 {
		return nil
	}
	digits := max(0, q.Precision)
	return &digits
}

// mode shows a slider where a finger finds the value day by day, a box where digits are quicker, and for what is set
// once and shall not slip, or has become too wide.
func mode(in *entities.Instance) string {
	switch in.Row.Range {
	case entities.Percents, entities.Levels, entities.PlanPercents:
		if in.Row.Category != entities.Config && !in.Wide() {
			return "slider"
		}
	}
	return "box"
}

func (b *builder) common(in *entities.Instance) Common {
	row := in.Row
	c := Common{
		Platform:        row.Platform.String(),
		UniqueID:        b.identifier + "_" + row.ID,
		DefaultEntityID: row.Platform.String() + "." + b.ids + row.ID,
		Name:            cmp.Or(in.Name, b.site.Words.Name(row.TermFor(in.Context.Capabilities))),
		Icon:            row.Icon,
		EntityCategory:  row.Category.String(),
	}
	if !row.Enabled() {
		c.EnabledByDefault = new(bool)
	}
	if topic := b.attributesTopic(row); topic != "" {
		c.AttributesTopic, c.AttributesTemplate = topic, attributesTemplate
	} else if row.Reading == entities.Series {
		c.AttributesTopic, c.AttributesTemplate = b.site.Root+"/"+in.State, seriesAttributes
	}
	switch {
	case row.Reading == entities.Online:
		c.Availability = &[]Availability{} // it shows what the others hide behind
	case row.Own.OfCommands(): // also while evcc is away: that is when commands fail
		c.Availability = &[]Availability{{Topic: StatusTopic(b.site.Base)}}
	case in.Set != "" || row.Own != entities.FromEvcc:
		c.Availability = b.handled
	}
	return c
}

func (b *builder) reader(in *entities.Instance) Reader {
	if in.Row.Own != entities.FromEvcc {
		return Reader{StateTopic: b.stateTopic(in.Row), ValueTemplate: template(in)}
	}
	return Reader{StateTopic: b.site.Root + "/" + in.State, ValueTemplate: template(in)}
}

func (b *builder) writer(row *entities.Row) Writer { return Writer{CommandTopic: b.topic(row, "set")} }

// topic is a topic of our own: for a row's commands ("set"), and for states that evcc does not publish as we need them.
func (b *builder) topic(row *entities.Row, leaf string) string {
	return b.topics + row.Word() + "/" + leaf
}

// stateTopic is where we publish a row's state ourselves. Events have a leaf of their own: they are never retained.
func (b *builder) stateTopic(row *entities.Row) string {
	leaf := "state"
	if row.Platform == entities.Event {
		leaf = "event"
	}
	return b.topic(row, leaf)
}

// attributesTopic is where we publish what is shown beside a state, "" when there is nothing.
func (b *builder) attributesTopic(row *entities.Row) string {
	if !row.Own.Attributed() {
		return ""
	}
	return b.topic(row, "attributes")
}

// Missing returns what of wanted is not on the broker yet, in wanted's order. It never removes anything.
func Missing(wanted []Retained, retained map[string]string) []Retained {
	var missing []Retained
	for _, w := range wanted {
		if have, ok := retained[w.Topic]; !ok || have != w.Payload {
			missing = append(missing, w)
		}
	}
	return missing
}
