package discovery_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
)

// TestSlug holds what Home Assistant 2026.11 itself makes of these texts.
func TestSlug(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Wallbox links":        "wallbox_links",
		"Tom's Car":            "tom_s_car",
		"O’Neil":               "oneil",
		"L'électrique":         "l_electrique",
		"ID.3 'Blitz' & Söhne": "id_3_blitz_sohne",
		"Über Groß":            "uber_gross",
		"Köln–Süd":             "koln_sud",
		"Автомобиль":           "avtomobil",
		"日本":                   "ri_ben",
		"車":                    "che",
		`a/b\c`:                "a_b_c",
		"🚗":                    "unknown",
		"🚗 Auto":               "auto",
		"e-Golf":               "e_golf",
		"100%":                 "100",
		"Łódź":                 "lodz",
		"İstanbul":             "istanbul",
		"A_B__C":               "a_b_c",
		"--":                   "unknown",
		"№5":                   "no5",
		// beyond the captured vectors
		"":                        "unknown",
		"\x00\xff":                "unknown",
		"1,000 km":                "1000_km",
		"Tom &amp; Jerry":         "tom_jerry",
		strings.Repeat("ab ", 70): strings.TrimSuffix(strings.Repeat("ab_", 70), "_"),
	} {
		if got := discovery.Slug(text); got != want {
			t.Errorf("Slug(%q): got %q, want %q", text, got, want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	for _, text := range []string{"Wallbox links", "İstanbul", "&#39;", "１,２", "a\u0300'b", "\xff"} {
		f.Add(text)
	}
	slug := regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
	f.Fuzz(func(t *testing.T, text string) {
		once := discovery.Slug(text)
		if !slug.MatchString(once) {
			t.Errorf("Slug(%q) = %q is no slug", text, once)
		}
		if again := discovery.Slug(once); again != once {
			t.Errorf("Slug(%q) = %q, and its slug is %q", text, once, again)
		}
	})
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"":          "",
		"evcc":      "evcc",
		"db:7":      "db_3a7",
		"haus/evcc": "haus_2fevcc",
		"vehicle_1": "vehicle_5f1",
		"Garage":    "_47arage",
		"é":         "_c3_a9",
		"a-b":       "a_2db",
		"\t":        "_09",
	} {
		if got := discovery.Escape(name); got != want {
			t.Errorf("Escape(%q): got %q, want %q", name, got, want)
		}
	}
}

// Different names stay different: that is what keeps two sites, or two vehicles, apart.
func FuzzEscape(f *testing.F) {
	f.Add("db:7", "db_3a7")
	f.Add("a/b", "a_b")
	f.Add("é", "\xe9")
	f.Add("A", "a")
	f.Add("\x010", "\x10")
	f.Fuzz(func(t *testing.T, a, b string) {
		escaped := discovery.Escape(a)
		if strings.Trim(escaped, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			t.Errorf("Escape(%q) = %q", a, escaped)
		}
		if same := escaped == discovery.Escape(b); same != (a == b) {
			t.Errorf("%q and %q both become %q", a, b, escaped)
		}
	})
}

func TestTopics(t *testing.T) {
	t.Parallel()
	s := site(t)
	s.Root, s.Base, s.Prefix = "haus/evcc", "my discovery", "ha"
	got := []string{discovery.StatusTopic(s.Base), s.ReadyTopic(), s.RegistryTopic(), discovery.ConfigFilter(s.Prefix, s.Base), s.Adapter().Topic}
	want := []string{"my discovery/status", "my discovery/haus_2fevcc/ready", "my discovery/haus_2fevcc/registry",
		"ha/device/my_20discovery/+/config", "ha/device/my_20discovery/adapter/config"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	tree := readTree(t, "0.313.2")
	tree["site/pv"], tree["site/pv/2/power"] = "2", "1" // the only one would repeat the site
	wanted := s.Wanted(tree, discovery.Registry{}, false)
	got = nil
	for _, c := range wanted.Configs {
		got = append(got, c.Topic)
	}
	want = []string{"site", "loadpoint_1", "loadpoint_2", "loadpoint_3", "vehicle_vehicle_5f1", "vehicle_vehicle_5f2", "vehicle_vehicle_5f3",
		"vehicle_vehicle_5f4", "pv_pv", "pv_2", "battery_battery"}
	for i := range want {
		want[i] = "ha/device/my_20discovery/haus_2fevcc_" + want[i] + "/config"
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config topics, parents first (-want +got):\n%s", diff)
	}
	for topic, command := range wanted.Commands {
		if want := "my discovery/haus_2fevcc/"; !strings.HasPrefix(topic, want) || !strings.HasSuffix(topic, "/set") {
			t.Errorf("the command topic of %s is %s", command.Term, topic)
		}
	}
}

// Home Assistant takes config topics of letters, digits, underscores and hyphens only.
func FuzzConfigTopics(f *testing.F) {
	f.Add("evcc", "evcc-discovery", "db:7")
	f.Add("häus/évcc", "a b/c", "🚗")
	valid := regexp.MustCompile(`^homeassistant/device/[a-zA-Z0-9_-]+/[a-zA-Z0-9_-]+/config$`)
	f.Fuzz(func(t *testing.T, root, base, vehicle string) {
		if base == "" || strings.Contains(vehicle, "/") {
			t.Skip("settings and evcc allow no such name")
		}
		s := site(t)
		s.Root, s.Base = root, base
		tree := entities.Tree{"vehicles/" + vehicle + "/title": "Zoe"}
		for _, c := range s.Wanted(tree, discovery.Registry{}, false).Configs {
			if !valid.MatchString(c.Topic) {
				t.Errorf("%q", c.Topic)
			}
		}
	})
}
