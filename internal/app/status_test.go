package app_test

import (
	"encoding/json"
	"net"
	"net/http"
	"testing"

	"evcc-discovery/internal/mqtt"
)

// What is asked over HTTP is answered by the program that runs: its evcc, and how the last command ended.
func TestStatusOverHTTP(t *testing.T) {
	t.Parallel()
	_, broker := startBroker(t, mqtt.BrokerOptions{})
	w := worldOn(t, broker, newest)
	w.up(t)
	a, log := newApp(w.broker)
	a.Settings.HealthAddress = freeAddress(t)
	background(t, a.Run)
	w.devices(t, log)
	w.send(t, "evcc-discovery/evcc/loadpoint/1/limit_soc/set", "1000")
	w.until(t, "the command's end", func() bool { return w.topic("evcc-discovery/evcc/site/last_command/state") == "refused" })

	var status struct {
		Version, Phase string
		Sites          []struct {
			Root, Evcc        string
			Devices, Controls int
			Last              struct{ Result, Control, Value string } `json:"last_command"`
			Failed            []struct{ Control string }
		}
		Problems []struct{ Code string }
	}
	ask(t, a.Settings.HealthAddress, "/status", &status)
	if status.Version != "test" || status.Phase != "running" || len(status.Sites) != 1 {
		t.Fatalf("%+v", status)
	}
	site := status.Sites[0]
	if site.Root != "evcc" || site.Evcc != "online" || site.Devices < 5 || site.Controls < 50 || site.Last.Result != "refused" ||
		site.Last.Control != "loadpoint.limit_soc" || site.Last.Value != "1000" || len(site.Failed) != 1 {
		t.Errorf("%+v", site)
	}
	problems := status.Problems[:0:0]
	ask(t, a.Settings.HealthAddress, "/problems", &problems)
	if len(problems) != 0 || len(status.Problems) != 0 { // what is refused here is no problem of the program
		t.Errorf("problems: %+v, in the status %+v", problems, status.Problems)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func ask(t *testing.T, address, path string, answer any) {
	t.Helper()
	response, err := http.Get("http://" + address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
