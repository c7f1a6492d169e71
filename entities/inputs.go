package entities

// Inputs lists the topic paths below the root from which a state of our own follows, as far as they are the instance's:
// what a vehicle shows elsewhere is not among them.
func (in *Instance) Inputs() []string {
	switch in.Row.Own {
	case Shared:
		return in.Shares
	case Legacy:
		return []string{in.Object.Path("mode"), in.Object.Path("alwaysCharge")}
	case TakenOut:
		return []string{in.State, in.Reports()}
	case OrZero:
		return []string{in.State, in.TitlePath()}
	}
	if in.State == "" {
		return nil
	}
	return []string{in.State}
}

// Reports returns the topic path below the root of what the instance's loadpoint always publishes while it is in operation.
func (in *Instance) Reports() string { return in.Object.Path("mode") }

// TitlePath is the topic path below the root of the title of the instance's object: who has none is not there.
func (in *Instance) TitlePath() string { return in.Object.Path("title") }
