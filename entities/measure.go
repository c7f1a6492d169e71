package entities

import "regexp"

// Quantity is a measure in Home Assistant's terms. Empty fields are left out of the message.
// Classes: https://www.home-assistant.io/integrations/sensor/#device-class
type Quantity struct {
	Unit        string
	DeviceClass string
	StateClass  string // of sensors; set points and plans get none, because statistics of them mean nothing
	Precision   int    // digits shown; 0 = Home Assistant's default, Whole = none
}

// Whole is the precision of what is shown without decimals.
const Whole = -1

// Context is what decides a measure's unit and a range's bounds besides the row.
type Context struct {
	Capabilities Capability
	Currency     string  // as evcc publishes it: ISO 4217; "" = EUR, its default
	Hottest      float64 // °C that a heating device can reach, 0 where evcc does not tell
}

// Measure is a closed vocabulary of quantities. Units follow the ha-evcc integration where it has the same id.
type Measure uint8

// The measures. None is for texts, words and booleans.
const (
	None             Measure = iota
	Power                    // W
	Kilowatts                // kW
	Energy                   // kWh, a counter that only grows
	EnergySum                // kWh of several counters: falls for a while when one of them fails
	EnergyToday              // kWh, falls back to 0 now and then (a day, a year, a session)
	EnergyPlain              // kWh, goes up and down: no statistics
	EnergyStored             // kWh that fit into or are in a battery
	Current                  // A
	Voltage                  // V
	SoC                      // %
	Level                    // %; °C on heating devices
	SetLevel                 // a set point that is shown: as Level, but no battery's level and without statistics
	Share                    // %
	Ratio                    // a factor without unit
	Price                    // currency per kWh
	AveragePrice             // currency per kWh; currency in compatibility mode, because the reference leaves out the rest
	Cost                     // currency
	Intensity                // g CO₂ per kWh
	AverageIntensity         // g CO₂ per kWh; "CO₂" in compatibility mode, as in the reference
	CostLimit                // currency per kWh, or g/kWh where evcc limits by CO₂
	Temperature              // °C
	Distance                 // km
	Elapsed                  // h, of seconds: Home Assistant writes 5h 19m; s in compatibility mode
	Timer                    // min, of seconds; s in compatibility mode
	SetDuration              // s, of a setting: no statistics
	SetPower                 // W, of a setting: no statistics
	SetCurrent               // A, of a setting: no statistics
	Plain                    // a number of which nothing else is known
	Count                    // a number without unit
	Instant                  // a point in time
	Enum                     // one word of a list
	Charging                 // binary
	Plugged                  // binary
	Connectivity             // binary
	Problem                  // binary
	measureCount
)

var quantities = [measureCount]Quantity{
	Power:            {Unit: "W", DeviceClass: "power", StateClass: "measurement"},
	Kilowatts:        {Unit: "kW", DeviceClass: "power", StateClass: "measurement", Precision: 2},
	Energy:           {Unit: "kWh", DeviceClass: "energy", StateClass: "total_increasing", Precision: 1},
	EnergySum:        {Unit: "kWh", DeviceClass: "energy", StateClass: "total", Precision: 1},
	EnergyToday:      {Unit: "kWh", DeviceClass: "energy", StateClass: "total_increasing", Precision: 2},
	EnergyPlain:      {Unit: "kWh", DeviceClass: "energy", Precision: 1},
	EnergyStored:     {Unit: "kWh", DeviceClass: "energy_storage", StateClass: "measurement", Precision: 1},
	Current:          {Unit: "A", DeviceClass: "current", StateClass: "measurement", Precision: 1},
	Voltage:          {Unit: "V", DeviceClass: "voltage", StateClass: "measurement"},
	SoC:              {Unit: "%", DeviceClass: "battery", StateClass: "measurement", Precision: Whole},
	Level:            {Unit: "%", DeviceClass: "battery", StateClass: "measurement", Precision: Whole},
	SetLevel:         {Unit: "%", Precision: Whole},
	Share:            {Unit: "%", StateClass: "measurement", Precision: Whole},
	Ratio:            {StateClass: "measurement", Precision: 2},
	Price:            {Unit: "/kWh", StateClass: "measurement", Precision: 3},
	AveragePrice:     {Unit: "/kWh", StateClass: "measurement", Precision: 3},
	Cost:             {Unit: "", StateClass: "measurement", Precision: 2},
	Intensity:        {Unit: "g/kWh", StateClass: "measurement"},
	AverageIntensity: {Unit: "g/kWh", StateClass: "measurement"},
	CostLimit:        {Unit: "/kWh", Precision: 3},
	Temperature:      {Unit: "°C", DeviceClass: "temperature", StateClass: "measurement"},
	Distance:         {Unit: "km", DeviceClass: "distance", StateClass: "measurement", Precision: Whole},
	Elapsed:          {Unit: "h", DeviceClass: "duration", StateClass: "measurement", Precision: 4},
	Timer:            {Unit: "min", DeviceClass: "duration", StateClass: "measurement", Precision: 2},
	SetCurrent:       {Unit: "A", DeviceClass: "current"},
	SetPower:         {Unit: "W", DeviceClass: "power"},
	SetDuration:      {Unit: "s", DeviceClass: "duration", Precision: Whole},
	Count:            {StateClass: "measurement"},
	Instant:          {DeviceClass: "timestamp"},
	Enum:             {DeviceClass: "enum"},
	Charging:         {DeviceClass: "battery_charging"},
	Plugged:          {DeviceClass: "plug"},
	Connectivity:     {DeviceClass: "connectivity"},
	Problem:          {DeviceClass: "problem"},
}

// In returns the quantity as it is on one object.
func (m Measure) In(c Context) Quantity {
	q := quantities[m]
	switch m {
	case Level, SetLevel:
		if c.Capabilities.fits(Heating, 0) {
			return Quantity{Unit: "°C", DeviceClass: "temperature", StateClass: q.StateClass}
		}
	case Charging:
		if c.Capabilities.fits(Heating, 0) || c.Capabilities.fits(Integrated, 0) {
			return Quantity{DeviceClass: "running"}
		}
	case CostLimit:
		if c.Capabilities.fits(CO2, 0) {
			return Quantity{Unit: "g/kWh"}
		}
		q.Unit = c.currency() + q.Unit
	case AverageIntensity:
		if c.Capabilities.fits(Compatible, 0) {
			q.Unit = "CO₂"
		}
	case Elapsed, Timer:
		if c.Capabilities.fits(Compatible, 0) {
			q.Unit, q.Precision = "s", Whole
		}
	case AveragePrice:
		if c.Capabilities.fits(Compatible, 0) {
			q.Unit = ""
		}
		q.Unit = c.currency() + q.Unit
	case Price, Cost:
		q.Unit = c.currency() + q.Unit
	}
	return q
}

// Seconds returns how many of evcc's seconds the unit of a duration has, 0 where the measure is none.
func (m Measure) Seconds(c Context) int {
	if m != Elapsed && m != Timer {
		return 0
	}
	return map[string]int{"h": 3600, "min": 60, "s": 1}[m.In(c).Unit]
}

// currency returns the sign for EUR and the ISO code for everything else, as the reference does. A unit is no place for
// foreign text: what is neither a code nor a short symbol is the sign for any currency.
func (c Context) currency() string {
	switch {
	case c.Currency == "" || c.Currency == "EUR":
		return "€"
	case !validCurrency.MatchString(c.Currency):
		return "¤"
	}
	return c.Currency
}

var validCurrency = regexp.MustCompile(`^[\pL\p{Sc}][\pL\p{Sc}.]{0,3}$`)

// Numeric reports whether states of the measure are numbers.
func (m Measure) Numeric() bool { return m >= Power && m <= Count }
