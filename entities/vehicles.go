package entities

import (
	"slices"
	"strings"
)

// VehicleOption is a vehicle as a select shows it.
type VehicleOption struct {
	Name  string // evcc's name, which its setter takes
	Label string // its title; the name is added where two vehicles share a title
}

// labels finds what tells vehicles apart for people.
func (t Tree) labels(objects []Object) []VehicleOption {
	objects = slices.DeleteFunc(slices.Clone(objects), func(o Object) bool { return o.Scope != Vehicle })
	used := make(map[string]int)
	for _, o := range objects {
		used[t.Title(o)]++
	}
	list := make([]VehicleOption, 0, len(objects))
	for _, o := range objects {
		title := t.Title(o)
		switch {
		case unshowable(title):
			title = o.Ref
		case used[title] > 1:
			title += " (" + o.Ref + ")"
		}
		list = append(list, VehicleOption{Name: o.Ref, Label: title})
	}
	return list
}

// unshowable words mean something else to Home Assistant or to us.
func unshowable(title string) bool {
	reserved := []string{"", Clear, "none", "unknown", "unavailable"}
	return slices.Contains(reserved, strings.ToLower(strings.TrimSpace(title)))
}

// VehicleLabel returns what a select shows for evcc's vehicle name: Clear for no vehicle, "" (unknown) for one
// that evcc has not told us about.
func (v *View) VehicleLabel(name string) string {
	if name == "" {
		return Clear
	}
	for _, o := range v.vehicles {
		if o.Name == name {
			return o.Label
		}
	}
	return ""
}

// VehicleName is the way back from a label; a bare name is understood as well.
func (v *View) VehicleName(label string) (string, bool) {
	for _, o := range v.vehicles {
		if o.Label == label {
			return o.Name, true
		}
	}
	known := slices.ContainsFunc(v.vehicles, func(o VehicleOption) bool { return o.Name == label })
	return label, known
}

// vehicleOptions lists what a select of vehicles offers.
func (v *View) vehicleOptions() []string {
	options := []string{Clear}
	for _, o := range v.vehicles {
		options = append(options, o.Label)
	}
	return options
}
