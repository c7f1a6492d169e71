package discovery

// SafeCode reports whether evcc's code may become an option.
func SafeCode(code string) bool { return safeCode.MatchString(code) }

// Messages returns what Configs was encoded from, so that tests can Check it.
func (w Wanted) Messages() []*Message { return w.messages }

// OwnAvailability returns what a component has instead of the message's availability.
func OwnAvailability(c Component) *[]Availability { return c.common().Availability }
