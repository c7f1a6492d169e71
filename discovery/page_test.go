package discovery_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/translations"
)

// What a person sees of a device without switching anything on.
const (
	longestName = 30 // in any language
	sliderName  = 15 // beside a slider, in any language: the frontend cuts off what is longer
	boxName     = 18 // beside a box
	fullestPage = 30 // entities of a car's loadpoint: one screen and a half
	fullestSite = 36 // the same of a site with everything: prices, battery, grid and forecasts
)

// TestPages: a device's page can be read: short names, no two of them equal, and not too much on it.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, code := range translations.Languages() {
		words, err := translations.Load(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, version := range everyTree(t) {
			s := site(t)
			s.Words = words
			for _, c := range s.Wanted(readTree(t, version), discovery.Registry{}, false).Configs {
				checkPage(t, code+" "+version, c)
			}
		}
	}
}

func checkPage(t *testing.T, where string, c discovery.Retained) {
	t.Helper()
	var m struct {
		Device     struct{ Name string }
		Components map[string]struct {
			Name    string
			Mode    string
			Enabled *bool `json:"enabled_by_default"`
		}
	}
	if err := json.Unmarshal([]byte(c.Payload), &m); err != nil {
		t.Fatal(err)
	}
	names, shown := make(map[string]string), 0
	for key, component := range m.Components {
		name := strings.ToLower(component.Name)
		if other := names[name]; other != "" {
			t.Errorf("%s, %s: %s and %s are both called %q", where, m.Device.Name, key, other, component.Name)
		}
		longest := longestName
		switch component.Mode {
		case "slider":
			longest = sliderName
		case "box":
			longest = boxName
		}
		if n := utf8.RuneCountInString(name); n > longest {
			t.Errorf("%s, %s: %q has %d characters", where, m.Device.Name, component.Name, n)
		}
		if names[name] = key; component.Enabled == nil {
			shown++
		}
	}
	most := fullestPage
	if strings.HasSuffix(c.Topic, "_"+entities.Site.String()+"/config") {
		most = fullestSite
	}
	if shown > most {
		t.Errorf("%s, %s: %d entities are on by default, more than %d", where, m.Device.Name, shown, most)
	}
	t.Logf("%s, %s: %d of %d entities are on by default", where, m.Device.Name, shown, len(m.Components))
}
