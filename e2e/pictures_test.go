package e2e

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"evcc-discovery/e2e/internal/adapter"
	"evcc-discovery/e2e/internal/browser"
	"evcc-discovery/e2e/internal/homeassistant"
	"evcc-discovery/internal/app"
	"evcc-discovery/internal/simulator"
)

var pictures = flag.String("pictures", "", "directory for pictures of the device pages; needs an installed chromium")

// picture is a device page that is kept as a file.
type picture struct{ file, device string }

// pictured are the pages by the language of the names.
var pictured = []struct {
	language string
	pages    []picture
}{
	{"en", []picture{
		{"site", "evcc-discovery_evcc_site"},
		{"loadpoint", "evcc-discovery_evcc_loadpoint_1"},
		{"heat-pump", "evcc-discovery_evcc_loadpoint_3"},
		{"vehicle", "evcc-discovery_evcc_vehicle_vehicle_5f1"},
		{"adapter", "evcc-discovery_adapter"},
	}},
	{"de", []picture{{"loadpoint-de", "evcc-discovery_evcc_loadpoint_1"}}},
}

// TestPictures takes the pictures in docs, of the newest evcc that is simulated, and tells how long each page is:
//
//	cd e2e && go test -v -run TestPictures -pictures ../docs/pictures
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("takes pictures only when told where to put them: -pictures ../docs/pictures")
	}
	_, err := browser.Find()
	check(t, err)
	h := fresh(t, homeassistant.Newest, "pictures")
	trees := simulator.Trees()
	evcc, err := app.NewEvcc(trees[len(trees)-1], simulator.Options{Interval: time.Second, Still: true})
	check(t, err)
	s := &site{home: h, evcc: evcc, life: t}
	program, err := adapter.Build(t.Context(), room("pictures"))
	check(t, err)
	s.startEvcc(t)
	for _, p := range pictured {
		s.adapter, err = program.Start(map[string]string{"EVCC_DISCOVERY_MQTT_URL": h.Broker.URL(), "EVCC_DISCOVERY_LANGUAGE": p.language})
		check(t, err)
		s.waitSettled(t)
		take(t, s, p.language, p.pages)
		check(t, s.adapter.Stop(t.Context()))
	}
}

func take(t *testing.T, s *site, language string, pages []picture) {
	b, err := browser.Open(t.Context(), s.Instance, language)
	check(t, err)
	defer b.Close()
	devices, err := s.Devices(t.Context())
	check(t, err)
	entities, err := s.Entities(t.Context())
	check(t, err)
	for _, p := range pages {
		device, ok := devices[p.device]
		if !ok {
			t.Fatalf("there is no device %s", p.device)
		}
		check(t, b.Resize(1920, 1080))
		check(t, b.ShowDevice(t.Context(), s.URL, device.ID))
		_, height, err := b.DeviceSize(t.Context())
		check(t, err)
		check(t, b.Resize(1240, int64(height))) // nothing left and right of the page
		width, height, err := b.DeviceSize(t.Context())
		check(t, err)
		shot, err := b.Picture(t.Context(), width, height)
		check(t, err)
		check(t, os.MkdirAll(*pictures, 0o755))
		check(t, os.WriteFile(filepath.Join(*pictures, p.file+".png"), shot, 0o644))
		enabled := 0
		for _, e := range entities {
			if e.DeviceID == device.ID && e.DisabledBy == "" {
				enabled++
			}
		}
		t.Logf("%s (%s): %d entities enabled, %.0f pixels high: %.1f screens of 1080, picture of %d kB",
			device.Name, language, enabled, height, height/1080, len(shot)/1000)
	}
}
