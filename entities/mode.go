package entities

import "slices"

// Charging modes have other words since evcc 0.316: smart takes the place of pv and minpv, and alwaysCharge says
// whether at least the minimum flows. Presence of alwaysCharge tells, never the version.
var chargeModes = []Option{
	{Code: "off"},
	{Code: "smart", Needs: SmartModes},
	{Code: "pv", Except: SmartModes},
	{Code: "minpv", Except: SmartModes | SwitchDevice},
	{Code: "now"},
}

// allModes are the words of every version.
var allModes = []string{"off", "smart", "pv", "minpv", "now"}

// legacyModes are the words before 0.316.
var legacyModes = words("off", "pv", "minpv", "now")

// mode translates the words of every version to what this evcc takes. A newer one still knows pv and minpv.
func (in *Instance) mode(text string) (string, error) {
	smart := in.Context.Capabilities.fits(SmartModes, 0)
	switch {
	case slices.Contains(in.Options, text):
		return text, nil
	case text == "smart" && !smart:
		return "pv", nil
	case text == "minpv", text == "pv":
		return text, nil
	}
	return oneOf(text, in.Options)
}

// inMode reports whether evcc shows the mode that it was sent, in the words that it has for it.
func inMode(want, have string, s Siblings) bool {
	always := map[string]string{"pv": "off", "minpv": "on"}[want]
	if have != "smart" || always == "" {
		return have == want
	}
	return onlySmart(s) || s.Value("alwaysCharge") == always
}

// onlySmart devices are switched, or heat on: they know no minimum power, and pv and minpv are both smart.
func onlySmart(s Siblings) bool {
	return s.Value("chargerFeatureSwitchDevice") == "true" || s.Value("chargerFeatureContinuous") == "true"
}

// LegacyMode says a charging mode in the words before 0.316, for automations that compare; "" for a word that did not
// exist then. ok is false while evcc has not told all of it.
func LegacyMode(s Siblings) (word string, ok bool) {
	mode, always := s.Value("mode"), s.Value("alwaysCharge")
	switch {
	case mode == "" || mode == "smart" && always == "":
		return "", false
	case mode == "smart" && always == "off":
		return "pv", true
	case mode == "smart":
		return "minpv", true
	case slices.ContainsFunc(legacyModes, func(o Option) bool { return o.Code == mode }):
		return mode, true
	}
	return "", true
}
