package mqtt

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority is a certificate authority in a file, and a server certificate by it.
type authority struct {
	file   string
	server tls.Certificate
}

func newAuthority(t *testing.T, name string, validFor time.Duration) authority {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	check(err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test broker"}, NotBefore: ca.NotBefore, NotAfter: time.Now().Add(validFor),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(name); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{name}
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), key)
	check(err)
	a := authority{
		file:   filepath.Join(t.TempDir(), "ca.pem"),
		server: tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: key},
	}
	check(os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}), 0o600))
	return a
}

// tlsBroker puts TLS in front of a broker and returns host:port.
func tlsBroker(t *testing.T, cert tls.Certificate) string {
	t.Helper()
	b := broker(t, BrokerOptions{})
	return serve(t, func(conn net.Conn) {
		inner, err := net.Dial("tcp", strings.TrimPrefix(b.URL(), "mqtt://"))
		if err != nil {
			return
		}
		outer := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}})
		go func() {
			_, _ = io.Copy(inner, outer)
			_ = inner.Close()
		}()
		_, _ = io.Copy(outer, inner)
	})
}

// serve runs f for every connection, closes it afterwards, and returns host:port.
func serve(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				f(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// answer reads the CONNECT and says these bytes.
func answer(say string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1000))
		_, _ = io.WriteString(conn, say)
	}
}
