package app_test

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/app"
	"evcc-discovery/internal/mqtt"
	"evcc-discovery/internal/simulator"
)

// The figure takes minutes and is for reading: go test ./internal/app -run TestResident -resident 5m -v
var resident = flag.Duration("resident", 0, "how long TestResident lets the program run before it prints its memory")

// TestResident runs the program as users get it beside a simulated evcc and prints how much memory it holds.
func TestResident(t *testing.T) {
	if *resident == 0 {
		t.Skip("runs with -resident 5m")
	}
	binary := filepath.Join(t.TempDir(), "evcc-discovery")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "evcc-discovery")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, broker := startBroker(t, mqtt.BrokerOptions{})
	evcc, err := app.NewEvcc(newest, simulator.Options{Root: "evcc", Interval: 3 * time.Second, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	runEvcc(t, broker, evcc)
	command := exec.CommandContext(t.Context(), binary)
	command.Env = append(os.Environ(), "EVCC_DISCOVERY_MQTT_URL="+broker.URL)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	watch := observe(t, broker)
	watch.until(t, "the devices", func() bool { return watch.topic("homeassistant/device/evcc-discovery/evcc_site/config") != "" })
	end := time.After(*resident)
	for tick := time.Tick(min(*resident, 30*time.Second)); ; {
		select {
		case <-tick:
			t.Log(memory(t, command.Process.Pid))
		case <-end:
			t.Logf("after %v: %s", *resident, memory(t, command.Process.Pid))
			return
		}
	}
}

// memory reads what the kernel counts for a process.
func memory(t *testing.T, pid int) string {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	var found []string
	for s := bufio.NewScanner(f); s.Scan(); {
		for _, name := range []string{"VmHWM:", "VmRSS:", "RssAnon:", "RssFile:"} {
			if strings.HasPrefix(s.Text(), name) {
				found = append(found, strings.Join(strings.Fields(s.Text()), " "))
			}
		}
	}
	return strings.Join(found, ", ")
}
