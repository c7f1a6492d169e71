package entities

import (
	"slices"
	"strings"
)

// Vehicles are the vehicles of a site as selects show them.
type Vehicles []VehicleOption

// VehicleOption is a vehicle as a select shows it.
type VehicleOption struct {
	Name  string // evcc's name, which its setter takes
	Label string // its title; the name is added where two vehicles share a title
}

// labels finds what tells vehicles apart for people.
func (t Tree) labels(objects []Object) Vehicles {
	objects = slices.DeleteFunc(slices.Clone(objects), func(o Object) bool { return o.Scope != Vehicle })
	titles := make([]string, len(objects))
	for i, o := range objects {
		if titles[i] = showable(t.Title(o)); titles[i] == "" {
			titles[i] = o.Ref
		}
	}
	list := make(Vehicles, len(objects))
	used := make(map[string]bool)
	for i, o := range objects {
		label := titles[i]
		if slices.Index(titles, label) != i || slices.Contains(titles[i+1:], label) {
			label += " (" + o.Ref + ")"
		}
		for used[label] {
			label += " (" + o.Ref + ")"
		}
		used[label] = true
		list[i] = VehicleOption{Name: o.Ref, Label: label}
	}
	return list
}

// longestLabel leaves room for the name within the 255 characters of a state.
const longestLabel = 120

// showable returns a title as a select can show and take it: no spaces around it, not too long, and "" for words that
// mean something else.
func showable(title string) string {
	title = strings.TrimSpace(strings.ToValidUTF8(title, ""))
	if unshowable(title) {
		return ""
	}
	if runes := []rune(title); len(runes) > longestLabel {
		return strings.TrimSpace(string(runes[:longestLabel]))
	}
	return title
}

// unshowable words mean something else to Home Assistant or to us.
func unshowable(title string) bool {
	reserved := []string{"", Clear, "none", "unknown", "unavailable"}
	return slices.Contains(reserved, strings.ToLower(title))
}

// names lists what a select of evcc's names offers.
func (v Vehicles) names() []string {
	options := []string{Null}
	for _, o := range v {
		options = append(options, o.Name)
	}
	return options
}

// Named returns what a select of names shows: "" (unknown) for a vehicle that evcc has not told us about.
func (v Vehicles) Named(name string) string {
	switch {
	case name == "":
		return Null
	case slices.ContainsFunc(v, func(o VehicleOption) bool { return o.Name == name }):
		return name
	}
	return ""
}

// Label returns what a select shows for evcc's vehicle name: Clear for no vehicle, "" (unknown) for one
// that evcc has not told us about.
func (v Vehicles) Label(name string) string {
	if name == "" {
		return Clear
	}
	for _, o := range v {
		if o.Name == name {
			return o.Label
		}
	}
	return ""
}

// Name is the way back from a label; a bare name is understood as well.
func (v Vehicles) Name(label string) (string, bool) {
	for _, o := range v {
		if o.Label == label {
			return o.Name, true
		}
	}
	known := slices.ContainsFunc(v, func(o VehicleOption) bool { return o.Name == label })
	return label, known
}

// options lists what a select of vehicles offers.
func (v Vehicles) options() []string {
	options := []string{Clear}
	for _, o := range v {
		options = append(options, o.Label)
	}
	return options
}
