package mqtt

import (
	"crypto/pbkdf2"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// mosquitto starts Debian's broker on a free loopback port, with user evcc and
// password right, and returns its URL.
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
	address := l.Addr().(*net.TCPAddr)
	_ = l.Close()

	salt := []byte("twelve bytes")
	hash, err := pbkdf2.Key(sha512.New, "right", salt, 101, sha512.Size)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	users, settings := filepath.Join(dir, "users"), filepath.Join(dir, "mosquitto.conf")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b64 := base64.StdEncoding.EncodeToString
	write(users, fmt.Sprintf("evcc:$7$101$%s$%s\n", b64(salt), b64(hash)))
	text := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous false\npassword_file %s\npersistence false\n", address.Port, users)
	if os.Geteuid() == 0 { // else it changes to a user that cannot read our files
		text = "user root\n" + text
	}
	write(settings, text)
	command := exec.Command(path, "-c", settings)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	return "mqtt://" + address.String()
}

func TestMosquitto(t *testing.T) {
	leakCheck(t)
	address := mosquitto(t)
	login := func(o Options) Options {
		o.URL, o.Username, o.Password = address, "evcc", "right"
		return o
	}
	p := connected(t, login(Options{})) // retries until it listens
	const n = 2000
	for i := range n {
		p.publish(Message{Topic: fmt.Sprint("evcc/", i), Payload: []byte("x"), QoS: 1, Retained: true})
	}
	p.settle()
	q := connected(t, login(Options{Will: &Message{Topic: "will", Payload: []byte("offline"), QoS: 1}}))
	q.subscribe(0, "evcc/#")
	for i := range n {
		if m := wait(t, q.messages, fmt.Sprint("retained message ", i)); !m.Retained {
			t.Fatalf("%+v", m)
		}
	}
	p.subscribe(1, "will")
	q.Drop()
	if m := wait(t, p.messages, "the will"); string(m.Payload) != "offline" {
		t.Errorf("%+v", m)
	}
	wait(t, q.up, "Up after Drop")
	if err := q.close(); err != nil {
		t.Error(err)
	}
	p.publish(Message{Topic: "will", Payload: []byte("marker")})
	if m := wait(t, p.messages, "the marker"); string(m.Payload) != "marker" {
		t.Errorf("%q after Close", m.Payload)
	}

	o := login(Options{})
	o.Password = "wrong"
	if err := wait(t, newPeer(t, o).down, "Down"); err.Reason != Refused {
		t.Errorf("wrong password: %v", err)
	}
}
