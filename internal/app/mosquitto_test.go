package app_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"evcc-discovery/internal/mqtt"
)

// mosquitto starts Debian's broker on a free port and returns its address.
func mosquitto(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/mosquitto"); err != nil {
			t.Skip("mosquitto is not installed")
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	text := "listener " + port + " " + host + "\nallow_anonymous true\npersistence false\n"
	if os.Geteuid() == 0 { // else it changes to a user that cannot read our files
		text = "user root\n" + text
	}
	file := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(path, "-c", file)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	return "mqtt://" + net.JoinHostPort(host, port)
}

// With the broker that most people use, everything arrives: also what is replayed after a reconnect.
func TestMosquitto(t *testing.T) {
	t.Parallel()
	url := mosquitto(t)
	w := &world{url: url, evcc: newEvcc(t, newest), observer: observe(t, url)}
	evcc := w.up(t)
	line := newTap(t, url)
	a, log := newApp(line.url)
	adapter := background(t, a.Run)
	w.devices(t, log)
	w.wait(t, ready, "online")
	before := ours(t, url)

	i := strings.LastIndex(before["homeassistant/device/evcc-discovery/evcc_site/config"], "residual_power/set")
	if i < 0 {
		t.Fatal("the site has no residual power")
	}
	w.send(t, "evcc-discovery/evcc/site/residual_power/set", "120")
	log.wait(t, "command accepted", "residual_power")
	if got, _ := w.evcc.Value("site/residualPower"); got != "120" {
		t.Errorf("evcc's residual power is %q", got)
	}

	// what is retained comes again in full, so that nothing is missing and nothing is published
	from := len(w.messages(0))
	line.cut()
	log.until(t, "the second connection", func() bool { return log.count(up) == 2 })
	w.wait(t, status, "online")
	w.quiet(t)
	same(t, "after a reconnect", before, ours(t, url))
	for _, m := range w.messages(from) {
		if own(m.Topic) && m.Topic != status && !strings.HasSuffix(m.Topic, "/set") {
			t.Errorf("published after a reconnect: %s", m.Topic)
		}
	}

	adapter.stop()
	evcc.stop()
	kept := retained(t, mqtt.Options{URL: url})
	missing := 0
	for key, value := range w.evcc.Tree() {
		if value != "" && kept["evcc/"+key] != value {
			missing++
		}
	}
	if missing > 1 { // `updated` may have moved
		t.Errorf("%d of evcc's topics are not retained as evcc has them", missing)
	}
	t.Logf("%d retained messages, %d of ours", len(kept), len(ours(t, url)))
}
