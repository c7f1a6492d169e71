package entities

// Range is a closed vocabulary of what a number accepts. Home Assistant logs an error for each state outside; what evcc
// reports beyond it widens it on that object: see [Beyond].
type Range uint8

// The ranges. NoRange is for everything that is not a number.
const (
	NoRange  Range = iota
	Percents       // SoC settings
	Levels         // the same, on heating devices °C
	Amperes
	KilowattHours
	GridPower
	ExportPower
	Delay
	Priorities
	CostLimits // by currency, or g/kWh
	PriceLimits
	PlanPercents      // of a plan's target: none is not a plan
	PlanKilowattHours // the same in energy
)

// Bounds are inclusive. Step is what a person is offered; commands between steps are accepted.
type Bounds struct{ Min, Max, Step float64 }

// In returns the bounds as they are on one object.
func (r Range) In(c Context) Bounds {
	switch r {
	case Percents:
		return Bounds{Max: 100, Step: 1}
	case Levels:
		if c.Capabilities.fits(Heating, 0) && c.Hottest > 0 {
			return Bounds{Max: c.Hottest, Step: 1} // from 0 also where evcc's slider begins higher: it means "off"
		}
		return Bounds{Max: 100, Step: 1}
	case Amperes:
		if c.Capabilities.fits(WholeAmps, 0) {
			return Bounds{Max: 64, Step: 1}
		}
		return Bounds{Max: 64, Step: 0.1}
	case KilowattHours:
		return Bounds{Max: 1000, Step: 0.1}
	case GridPower:
		return Bounds{Min: -25000, Max: 25000, Step: 10}
	case ExportPower:
		return Bounds{Max: 100000, Step: 10}
	case Delay:
		return Bounds{Max: 6000, Step: 1}
	case Priorities:
		return Bounds{Min: -10, Max: 100, Step: 1} // evcc takes any whole number; its own pages offer 0 to 10
	case CostLimits:
		if c.Capabilities.fits(CO2, 0) {
			return Bounds{Max: 1000, Step: 5}
		}
		return c.prices()
	case PriceLimits:
		return c.prices()
	case PlanPercents:
		return Bounds{1, 100, 1}
	case PlanKilowattHours:
		return Bounds{0.1, 1000, 0.1}
	}
	return Bounds{}
}

// prices allows negative ones. Currencies of about a euro have the reference's room, others as much more as their
// unit is smaller: a kilowatt-hour costs tens of yen, and hundreds or thousands of pesos, rupiah or dong.
func (c Context) prices() Bounds {
	switch c.currency() {
	case "€", "CHF", "GBP", "USD", "AUD", "CAD", "NZD", "SGD":
		return Bounds{Min: -0.5, Max: 2.5, Step: 0.001}
	case "ALL", "AMD", "HUF", "ISK", "JMD", "JPY", "KES", "KZT", "LKR", "PKR", "RSD":
		return Bounds{Min: -50, Max: 250, Step: 0.1}
	case "ARS", "CLP", "COP", "CRC", "IDR", "KHR", "KRW", "LAK", "MMK", "MNT", "NGN", "PYG", "RWF", "TZS", "UGX", "UZS", "VND":
		return Bounds{Min: -500, Max: 5000, Step: 1}
	}
	return Bounds{Min: -5, Max: 25, Step: 0.005}
}

// Covers reports whether v lies within the bounds.
func (b Bounds) Covers(v float64) bool { return v >= b.Min && v <= b.Max }
