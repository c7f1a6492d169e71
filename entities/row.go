package entities

// Platform is a Home Assistant platform. Most rows are sensors.
// https://www.home-assistant.io/integrations/mqtt/#configuration
type Platform uint8

// The platforms of the catalogue.
const (
	Sensor Platform = iota
	BinarySensor
	Number
	Select
	Switch
	Button
	Event    // something that happened; its options are the types
	DateTime // Home Assistant 2026.5
	platformCount
)

var platforms = [platformCount]string{"sensor", "binary_sensor", "number", "select", "switch", "button", "event", "datetime"}

// String returns Home Assistant's word.
func (p Platform) String() string { return platforms[p] }

// Category is where Home Assistant shows an entity on its device page.
type Category uint8

// The categories.
const (
	Daily      Category = iota // what people look at or set day by day
	Config                     // rarely changed settings
	Diagnostic                 // what only tells how things are
	Expert                     // as Diagnostic, and off until the user switches it on
	categoryCount
)

var categories = [categoryCount]string{Config: "config", Diagnostic: "diagnostic", Expert: "diagnostic"}

// String returns Home Assistant's word, "" for daily use.
func (c Category) String() string { return categories[c] }

// Key is one name that evcc gave a value.
type Key struct {
	Path   string // topic path below the scope's prefix; a leading slash counts from the root
	Marker string // a key on the same object that came with this name and is always published; "" = the path itself
}

// keys lists names without markers, newest first.
func keys(paths ...string) []Key {
	list := make([]Key, len(paths))
	for i, p := range paths {
		list[i] = Key{Path: p}
	}
	return list
}

// Option is one word of a select or an enum.
type Option struct {
	Code          string
	Needs, Except Capability
}

// words lists options that every object has.
func words(codes ...string) []Option {
	list := make([]Option, len(codes))
	for i, c := range codes {
		list[i] = Option{Code: c}
	}
	return list
}

// Row is one entry of the catalogue: all we know of one evcc value or control. Its scope is its table's.
type Row struct {
	Scope      Scope
	ID         string // frozen: part of unique_id, component key and entity id
	Term       string // its line in the translations when another row of the scope has the ID; "" = ID
	Key        string // where evcc publishes it; "" = Keys
	Keys       []Key  // its names where it has had several, newest first; in the catalogue always filled, but for what cannot be read
	Platform   Platform
	Measure    Measure
	Reading    Reading
	Own        OwnState // what we publish instead of evcc; FromEvcc = nothing
	Range      Range    // of numbers
	Options    []Option // of selects and enums, in the order in which they are shown; of Among and Held what evcc may say
	On         []string // of Among and Held: words that are on; the first that the object knows switches it on
	Clip       Clip     // of lists of numbers
	Of         string   // ID of the vehicle's row, when the state is OfVehicle
	Write      *Write   // nil = read-only
	Applies    Applies  // when it exists on an object
	Category   Category
	Disabled   bool   // Daily or Config, and off until the user switches it on
	NameVaries bool   // its name says what the device does: it is another one on heating devices and where nothing is charged
	Icon       string // mdi:…, where no device class gives one
	Sample     string // a payload that evcc really sent

	shown bool // a control shown read-only
}

// Quantity returns the row's measure as it is on one object. A set point that is only shown has no statistics.
func (r *Row) Quantity(c Context) Quantity {
	q := r.Measure.In(c)
	if r.shown {
		q.StateClass = ""
	}
	return q
}

// ComponentKey returns the component's key in the device message: platform and ID never change meaning.
func (r *Row) ComponentKey() string { return r.Platform.String() + "_" + r.ID }

// Enabled reports whether the entity is switched on without its user.
func (r *Row) Enabled() bool { return !r.Disabled && r.Category != Expert }

// Word names the row among all of its scope, also where two share the ID: a number and the button that clears it.
func (r *Row) Word() string {
	if r.Term != "" {
		return r.Term
	}
	return r.ID
}

// TermKey returns the row's line in the translations: "loadpoint.charge_power".
func (r *Row) TermKey() string {
	return r.Scope.String() + "." + r.Word()
}

// HeatingTermKey returns the line used instead on heating devices, "" where the words are the same: only what
// turns from % to °C, or has a name that varies, is called differently there.
func (r *Row) HeatingTermKey() string {
	if r.Scope != Loadpoint || (r.Measure != Level && r.Measure != SetLevel && !r.NameVaries) {
		return ""
	}
	return r.TermKey() + "_heating"
}

// DeviceTermKey returns the line used instead on other devices that are no cars, "" where the words are the same.
func (r *Row) DeviceTermKey() string {
	if !r.NameVaries {
		return ""
	}
	return r.TermKey() + "_device"
}

// TermFor returns the row's line in the translations for an object with these capabilities.
func (r *Row) TermFor(have Capability) string {
	if heating := r.HeatingTermKey(); heating != "" && have.fits(Heating, 0) {
		return heating
	}
	if device := r.DeviceTermKey(); device != "" && have.fits(Integrated, 0) {
		return device
	}
	return r.TermKey()
}

// Codes returns the row's options on an object with these capabilities.
func (r *Row) Codes(have Capability) []string {
	var codes []string
	for _, o := range r.Options {
		if have.fits(o.Needs, o.Except) {
			codes = append(codes, o.Code)
		}
	}
	return codes
}

// Grows reports whether words that evcc reports beyond the row's options join them: not where we publish the state, and
// not in the lists of compatibility mode, which are as the reference has them.
func (r *Row) Grows() bool {
	return len(r.Options) > 0 && r.ReadsWords() && r.Applies.Needs&Compatible == 0
}

// ReadsWords reports whether the row's options are evcc's words, shown by Home Assistant or by us.
func (r *Row) ReadsWords() bool { return r.Own == FromEvcc || r.Own == Requested }

// WordFor returns the row's word for what evcc reports.
func (r *Row) WordFor(payload string) string {
	if r.Own == Requested && payload == Automatic {
		return Automatically
	}
	return payload
}

// readOnly returns the row as a value that cannot be set: for READ_ONLY, and for versions of evcc that publish the
// value before they accept it.
func (r *Row) readOnly() *Row {
	twin := *r
	twin.Write, twin.Range, twin.shown = nil, NoRange, true
	switch r.Platform {
	case Switch:
		if r.Reading == Among || r.Own == Held {
			return nil // the word itself is shown, too
		}
		twin.Platform = BinarySensor
	case Number:
		twin.Platform = Sensor
	case Select:
		twin.Platform = Sensor
		if r.ReadsWords() {
			twin.Measure = Enum
		}
	default: // buttons and what makes a plan are nothing without their setter
		return nil
	}
	if r.Category == Config { // Home Assistant refuses config on sensors
		twin.Category = Diagnostic
		if r.Disabled {
			twin.Category, twin.Disabled = Expert, false
		}
	}
	return &twin
}
