package mqtt

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"evcc-discovery/internal/mqtt/mosquitto"
)

// tlsServer shakes hands as a real server does, says nothing else, and returns host:port.
func tlsServer(t *testing.T, config *tls.Config) string {
	t.Helper()
	return serve(t, func(conn net.Conn) {
		_, _ = io.Copy(io.Discard, tls.Server(conn, config))
	})
}

const (
	wantsCertificate = "the broker demands a client certificate, and this program has none"
	nothingInCommon  = "the broker has no encryption in common with us, or demands a client certificate"
	hintCommon       = "look at the broker's log; let it take clients without a certificate, and current versions of TLS (Mosquitto: require_certificate, tls_version, ciphers)"
)

// What a server refuses is named as what it is, and never leads to an unencrypted connection.
func TestServerRefusesTLS(t *testing.T) {
	leakCheck(t)
	good := newAuthority(t, "127.0.0.1", time.Hour)
	config := func(change func(*tls.Config)) *tls.Config {
		c := &tls.Config{Certificates: []tls.Certificate{good.server}}
		change(c)
		return c
	}
	for _, tt := range []struct {
		name       string
		server     *tls.Config
		text, hint string
	}{
		{"certificate, TLS 1.3", config(func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }), wantsCertificate, hintCertify},
		{"certificate, TLS 1.2", config(func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 }), nothingInCommon, hintCommon},
		{"verified certificate", config(func(c *tls.Config) { c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool() }), wantsCertificate, hintCertify},
		{"TLS 1.1", config(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }), textVersion, hintVersion},
		{"no cipher in common", config(func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
		}), nothingInCommon, hintCommon},
	} {
		for _, scheme := range []string{"mqtts", "wss"} {
			t.Run(tt.name+", "+scheme, func(t *testing.T) {
				at := scheme + "://" + tlsServer(t, tt.server)
				err := wait(t, newPeer(t, Options{URL: at, CAFile: good.file}).down, "Down")
				if err.Error() != "connect "+at+": "+tt.text || err.Reason != TLS || err.Hint() != tt.hint {
					t.Errorf("got  %v: %v; hint: %s\nwant %v: %s; hint: %s", err.Reason, err, err.Hint(), TLS, tt.text, tt.hint)
				}
			})
		}
	}
}

// Every alert that a peer can send is a matter of encryption, with words of its own, and no hint to do without.
func TestEveryAlert(t *testing.T) {
	leakCheck(t)
	for code := 1; code < 256; code++ {
		record := string([]byte{0x15, 3, 3, 0, 2, 2, byte(code)})
		p := newPeer(t, Options{URL: "mqtts://" + serve(t, answer(record))})
		err := wait(t, p.down, "Down")
		p.stop()
		if err.Reason != TLS || strings.Contains(err.Hint(), "mqtt://") || strings.Contains(err.Error(), "remote error") {
			t.Errorf("alert %d: %v: %v; hint: %s", code, err.Reason, err, err.Hint())
		}
		for _, part := range map[int][]string{
			40:  {nothingInCommon},
			42:  {"does not accept our certificate"},
			48:  {"does not know the authority that signed our certificate"},
			49:  {"does not let us in"},
			70:  {textVersion},
			71:  {"a stronger encryption"},
			112: {"does not know the name 127.0.0.1", "EVCC_DISCOVERY_MQTT_URL"},
			116: {wantsCertificate},
			200: {"tls: alert(200)"},
		}[code] {
			if !strings.Contains(err.Error()+err.Hint(), part) {
				t.Errorf("alert %d: %v; hint: %s; it should say %q", code, err, err.Hint(), part)
			}
		}
	}
}

// What we do not accept of a server's handshake is a matter of encryption, too.
func TestWeRefuseTLS(t *testing.T) {
	u := &Client{}
	_ = u
	address, errs := parseURL("mqtts://host")
	if errs != nil {
		t.Fatal(errs)
	}
	for _, err := range []error{
		errors.New("tls: server selected unsupported protocol version 302"),
		&tls.CertificateVerificationError{Err: x509.ConstraintViolationError{}},
		x509.SystemRootsError{},
		&net.OpError{Op: "local error", Err: tls.AlertError(10)},
		fmt.Errorf("network Error : %w", errors.New("tls: received record with version 302 when expecting version 303")),
	} {
		got := explain(address, err)
		if got.Reason != TLS || strings.Contains(got.Hint(), "mqtt://") || strings.Contains(got.Error(), "local error") {
			t.Errorf("%v: %v: %v; hint: %s", err, got.Reason, got, got.Hint())
		}
	}
	if got := explain(address, errors.New("tls: server selected unsupported protocol version 302")); !strings.HasSuffix(got.Error(), textVersion) {
		t.Errorf("%v", got)
	}
}

// An alert can end a connection that was up.
func TestAlertLater(t *testing.T) {
	address, _ := parseURL("mqtts://host")
	got := explainLoss(address, &net.OpError{Op: "remote error", Err: tls.AlertError(80)}, true)
	if want := "connection to mqtts://host:8883 lost: the broker ended the encryption (tls: internal error)"; got.Error() != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}

// The broker that most people use refuses in the same words.
func TestMosquittoTLS(t *testing.T) {
	leakCheck(t)
	good := newAuthority(t, "127.0.0.1", time.Hour)
	dir := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(good.server.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	files := []string{
		"cafile " + good.file,
		"certfile " + write("cert.pem", "CERTIFICATE", good.server.Certificate[0]),
		"keyfile " + write("key.pem", "PRIVATE KEY", key),
	}
	for _, tt := range []struct {
		name  string
		lines []string
		text  string
	}{
		{"certificate", append(files, "require_certificate true"), wantsCertificate},
		{"no TLS", nil, "the broker closed the connection during the TLS handshake"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := strings.Replace(mosquitto.Start(t, "", "", tt.lines...), "mqtt", "mqtts", 1)
			p := newPeer(t, Options{URL: at, CAFile: good.file})
			err := wait(t, p.down, "Down")
			for err.Reason == Unreachable { // it does not listen yet
				err = wait(t, p.down, "Down")
			}
			if err.Error() != "connect "+at+": "+tt.text || err.Reason != TLS || strings.Contains(err.Hint(), "mqtt://") {
				t.Errorf("got  %v: %v; hint: %s\nwant %v: %s", err.Reason, err, err.Hint(), TLS, tt.text)
			}
		})
	}
	t.Run("works", func(t *testing.T) {
		at := strings.Replace(mosquitto.Start(t, "", "", files...), "mqtt", "mqtts", 1)
		connected(t, Options{URL: at, CAFile: good.file})
	})
}
