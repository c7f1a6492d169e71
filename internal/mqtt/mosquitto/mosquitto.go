// Package mosquitto starts Debian's Mosquitto in tests: the broker that most people use.
package mosquitto

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

// Start starts a broker on a free loopback port until the test ends and returns its URL; without a user, everyone may
// do everything; more lines of its settings may follow. It may not listen yet. The test is skipped where Mosquitto is
// missing.
func Start(t testing.TB, user, password string, more ...string) string {
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
	dir := t.TempDir()
	settings := fmt.Sprintf("listener %d 127.0.0.1\npersistence false\n", address.Port)
	for _, line := range more {
		settings += line + "\n"
	}
	if os.Geteuid() == 0 { // else it changes to a user that cannot read our files
		settings += "user root\n"
	}
	if user == "" {
		settings += "allow_anonymous true\n"
	} else {
		settings += "allow_anonymous false\npassword_file " + users(t, dir, user, password) + "\n"
	}
	command := exec.Command(path, "-c", write(t, dir, "mosquitto.conf", settings))
	command.SysProcAttr = dying()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	return "mqtt://" + address.String()
}

// users writes a password file as mosquitto_passwd would.
func users(t testing.TB, dir, user, password string) string {
	t.Helper()
	salt := []byte("twelve bytes")
	hash, err := pbkdf2.Key(sha512.New, password, salt, 101, sha512.Size)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.StdEncoding.EncodeToString
	return write(t, dir, "users", fmt.Sprintf("%s:$7$101$%s$%s\n", user, b64(salt), b64(hash)))
}

func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
