package entities

// Inputs lists the topic paths below the root from which a state of our own follows, as far as they are the instance's:
// what a vehicle shows elsewhere is not among them.
func (in *Instance) Inputs() []string {
	switch in.Row.Own {
	case Shared:
		return in.Shares
	case Legacy:
		return []string{in.Object.Path("mode"), in.Object.Path("alwaysCharge")}
	case OrZero:
		return []string{in.State, in.TitlePath()}
	}
	if in.State == "" {
		return nil
	}
	return []string{in.State}
}

// TitlePath is the topic path below the root of the title of the instance's object: who has none is not there.
func (in *Instance) TitlePath() string { return in.Object.Path("title") }
