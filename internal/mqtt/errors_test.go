package mqtt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestTLS(t *testing.T) {
	leakCheck(t)
	good := newAuthority(t, "127.0.0.1", time.Hour)
	address := tlsBroker(t, good.server)
	for _, scheme := range []string{"mqtts", "ssl", "tls"} {
		p := connected(t, Options{URL: scheme + "://" + address, CAFile: good.file})
		p.subscribe(1, "a")
		p.publish(Message{Topic: "a"})
		wait(t, p.messages, "a message through TLS")
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}
}

// Every way to fail that a user can see, by its exact words.
func TestFailures(t *testing.T) {
	leakCheck(t)
	good := newAuthority(t, "127.0.0.1", time.Hour)
	other := newAuthority(t, "127.0.0.1", time.Hour)
	misnamed := newAuthority(t, "broker.example", time.Hour)
	expired := newAuthority(t, "127.0.0.1", -time.Hour)
	encrypted, plain := tlsBroker(t, good.server), strings.TrimPrefix(broker(t, BrokerOptions{}).URL(), "mqtt://")
	guarded := strings.TrimPrefix(broker(t, BrokerOptions{Username: "evcc", Password: "right"}).URL(), "mqtt://")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closedPort := l.Addr().String()
	_ = l.Close()

	day := func(after time.Duration) string { return time.Now().Add(after).UTC().Format(time.DateOnly) }
	ofAny := ` (subject "CN=test broker", issuer "CN=test authority", valid from ` + day(-48*time.Hour) + " to "
	ofGood, ofExpired := ofAny+day(time.Hour)+")", ofAny+day(-time.Hour)+")"

	for _, tt := range []struct {
		name string
		o    Options // URL holds the scheme only
		at   string
		kind Kind
		text string
		hint string
	}{
		{"refused", Options{URL: "mqtt"}, closedPort, Unreachable, "connection refused", "is the broker running there? check EVCC_DISCOVERY_MQTT_URL"},
		{"refused websocket", Options{URL: "ws"}, closedPort, Unreachable, "connection refused", "is the broker running there? check EVCC_DISCOVERY_MQTT_URL"},
		{"wrong password", Options{URL: "mqtt", Username: "evcc", Password: "s3cr3t"}, guarded, Refused, "the broker refused the login", "check EVCC_DISCOVERY_MQTT_USERNAME and EVCC_DISCOVERY_MQTT_PASSWORD"},
		{"no login", Options{URL: "mqtt"}, guarded, Refused, "the broker refused the login", "check EVCC_DISCOVERY_MQTT_USERNAME and EVCC_DISCOVERY_MQTT_PASSWORD"},
		{"code 5", Options{URL: "mqtt"}, serve(t, answer("\x20\x02\x00\x05")), Refused, "the broker refused the login", "check EVCC_DISCOVERY_MQTT_USERNAME and EVCC_DISCOVERY_MQTT_PASSWORD"},
		{"code 1", Options{URL: "mqtt"}, serve(t, answer("\x20\x02\x00\x01")), Protocol, "the broker does not speak MQTT 3.1.1", "allow MQTT 3.1.1 in the broker's settings"},
		{"code 2", Options{URL: "mqtt"}, serve(t, answer("\x20\x02\x00\x02")), Protocol, "the broker refused the client id", "check the broker's rules for client ids"},
		{"code 3", Options{URL: "mqtt"}, serve(t, answer("\x20\x02\x00\x03")), Unreachable, "the broker says that it is unavailable", "look at the broker's log"},
		{"code 135", Options{URL: "mqtt"}, serve(t, answer("\x20\x02\x00\x87")), Protocol, "the broker refused with the unknown code 135", "look at the broker's log"},
		{"web server", Options{URL: "mqtt"}, serve(t, answer("HTTP/1.1 400 Bad Request\r\n\r\n")), Protocol, "a web server answered", "is this the broker's MQTT port? check EVCC_DISCOVERY_MQTT_URL"},
		{"ssh", Options{URL: "mqtt"}, serve(t, answer("SSH-2.0\r\n")), Protocol, "what answered is not an MQTT broker", "is this the broker's MQTT port? check EVCC_DISCOVERY_MQTT_URL"},
		{"closes", Options{URL: "mqtt"}, serve(t, answer("")), Protocol, "the broker closed the connection without an answer", "an encrypted port does this: try mqtts:// in EVCC_DISCOVERY_MQTT_URL, or look at the broker's log"},
		{"websocket on web server", Options{URL: "ws"}, serve(t, answer("HTTP/1.1 404 Not Found\r\n\r\n")), Protocol, "no WebSocket answer", "check port and path in EVCC_DISCOVERY_MQTT_URL; many brokers use /mqtt"},
		{"plain to TLS", Options{URL: "mqtt"}, encrypted, Protocol, "the broker closed the connection without an answer", "an encrypted port does this: try mqtts:// in EVCC_DISCOVERY_MQTT_URL, or look at the broker's log"},
		{"TLS alert", Options{URL: "ws"}, serve(t, answer("\x15\x03\x01\x00\x02\x02\x46")), Protocol, "no WebSocket answer", "check port and path in EVCC_DISCOVERY_MQTT_URL; many brokers use /mqtt"},
		{"TLS alert", Options{URL: "tcp"}, serve(t, answer("\x15\x03\x01\x00\x02\x02\x46")), TLS, "the broker answered in TLS", "the port is encrypted: use mqtts:// in EVCC_DISCOVERY_MQTT_URL"},
		{"TLS to plain", Options{URL: "mqtts"}, plain, TLS, "the broker closed the connection during the TLS handshake", "check host and port in EVCC_DISCOVERY_MQTT_URL: the broker's TLS port is often 8883, or 443 for wss"},
		{"TLS to SSH", Options{URL: "mqtts"}, serve(t, answer("SSH-2.0\r\n")), TLS, "the broker does not speak TLS on this port", "check host and port in EVCC_DISCOVERY_MQTT_URL: the broker's TLS port is often 8883, or 443 for wss"},
		{"unknown authority", Options{URL: "mqtts"}, encrypted, TLS, "the broker's certificate is signed by an unknown authority" + ofGood, "set EVCC_DISCOVERY_MQTT_CA to the file with the certificate of that authority"},
		{"other authority", Options{URL: "wss", CAFile: other.file}, encrypted, TLS, "the broker's certificate is signed by an unknown authority" + ofGood, "set EVCC_DISCOVERY_MQTT_CA to the file with the certificate of that authority"},
		{"other name", Options{URL: "mqtts", CAFile: misnamed.file}, tlsBroker(t, misnamed.server), TLS, "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs" + ofGood, "use a name from the broker's certificate in EVCC_DISCOVERY_MQTT_URL"},
		{"expired", Options{URL: "mqtts", CAFile: expired.file}, tlsBroker(t, expired.server), TLS, "the broker's certificate has expired or is not yet valid" + ofExpired, "renew the certificate, or correct the clock of this machine or the broker's"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.URL += "://" + tt.at
			p := newPeer(t, tt.o)
			err := wait(t, p.down, "Down")
			if want := "connect " + tt.o.URL + ": " + tt.text; err.Error() != want {
				t.Errorf("got  %s\nwant %s", err, want)
			}
			if err.Hint() != tt.hint || err.Reason != tt.kind {
				t.Errorf("got  %v, hint: %s\nwant %v, hint: %s", err.Reason, err.Hint(), tt.kind, tt.hint)
			}
			if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err.Err), "s3cr3t") {
				t.Error("the password is in the error")
			}
			if len(p.up) > 0 {
				t.Error("Up was called")
			}
		})
	}
}

// What no loopback test can produce in a moment.
func TestExplain(t *testing.T) {
	u := &url.URL{Scheme: "mqtt", Host: "host:1883"}
	dial := func(err error) error {
		return fmt.Errorf("network Error : %w", &net.OpError{Op: "dial", Net: "tcp", Err: err})
	}
	for _, tt := range []struct {
		err        error
		kind       Kind
		text, hint string
	}{
		{dial(&net.DNSError{Name: "core-mosquito", IsNotFound: true}), Unreachable, `host "core-mosquito" not found`, "check the host name in EVCC_DISCOVERY_MQTT_URL"},
		{dial(&net.DNSError{Name: "host", IsTimeout: true}), Unreachable, `host "host": the name server does not answer`, "check the network of this machine"},
		{dial(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), Unreachable, "no route to the host", "check the network of this machine and the host in EVCC_DISCOVERY_MQTT_URL"},
		{dial(os.ErrDeadlineExceeded), Unreachable, "no answer within 10s", "is the host on, and the port open in its firewall? check EVCC_DISCOVERY_MQTT_URL"},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, Protocol, "something listens there but said nothing within 10s", "is this the broker's MQTT port? check EVCC_DISCOVERY_MQTT_URL"},
		{&net.OpError{Op: "read", Net: "tcp", Source: &net.TCPAddr{Port: 4711}, Err: errors.New("odd")}, Unreachable, "odd", "is the broker running there? check EVCC_DISCOVERY_MQTT_URL"},
		{fmt.Errorf("network Error : %w", errors.New("odd")), Unreachable, "odd", "is the broker running there? check EVCC_DISCOVERY_MQTT_URL"},
	} {
		got := explain(u, tt.err)
		if got.Error() != "connect mqtt://host:1883: "+tt.text || got.Hint() != tt.hint || got.Reason != tt.kind {
			t.Errorf("%v:\ngot  %v: %v; hint: %s\nwant %v: %s; hint: %s", tt.err, got.Reason, got, got.Hint(), tt.kind, tt.text, tt.hint)
		}
		if !errors.Is(got, errors.Unwrap(tt.err)) && !errors.Is(got, tt.err) {
			t.Errorf("%v: the cause is out of reach", tt.err)
		}
	}
	if got := explainLoss(u, errors.New("pingresp not received, disconnecting"), true).Error(); got != "connection to mqtt://host:1883 lost: no answer to a ping" {
		t.Error(got)
	}
	for own, hint := range map[bool]string{true: "it may deny one of our messages, or find it too large", false: "another program may use our client id"} {
		if got := explainLoss(u, io.EOF, own); got.Reason != Closed || !strings.HasSuffix(got.Hint(), hint) {
			t.Errorf("closed, with a client id of our own %v: %v: %s", own, got.Reason, got.Hint())
		}
	}
	for k, hint := range map[Kind]string{Refused: hintLogin, TLS: "check EVCC_DISCOVERY_MQTT_URL and EVCC_DISCOVERY_MQTT_CA"} {
		if got := (&ConnectError{Reason: k, Err: io.EOF}).Hint(); got != hint {
			t.Errorf("%v: %s", k, got)
		}
	}
}

// An attempt that hangs ends with Run's context, not with its time limit.
func TestStopWhileConnecting(t *testing.T) {
	leakCheck(t)
	for _, scheme := range []string{"mqtt", "mqtts", "ws"} {
		reached := make(chan struct{}, 10)
		hang, release := context.WithCancel(context.Background())
		address := serve(t, func(net.Conn) {
			reached <- struct{}{}
			<-hang.Done()
		})
		p := newPeer(t, Options{URL: scheme + "://" + address})
		wait(t, reached, "the connection")
		start := time.Now()
		p.stop()
		wait(t, p.done, "Run to return")
		if d := time.Since(start); d > connectTimeout/2 {
			t.Errorf("%s: Run took %v to return", scheme, d)
		}
		release()
	}
}

// Attempts that fail alike are told once; another reason is told again.
func TestDownOncePerReason(t *testing.T) {
	attempts := make(chan int64, 100)
	var count atomic.Int64
	address := serve(t, func(conn net.Conn) {
		n := count.Add(1)
		attempts <- n
		if n <= 3 {
			answer("\x20\x02\x00\x05")(conn)
		} else {
			answer("\x20\x02\x00\x03")(conn)
		}
	})
	p := newPeer(t, Options{URL: "mqtt://" + address})
	for wait(t, attempts, "an attempt") < 7 {
	}
	p.stop()
	wait(t, p.done, "Run to return")
	if got := []Kind{(<-p.down).Reason, (<-p.down).Reason}; got[0] != Refused || got[1] != Unreachable || len(p.down) != 0 {
		t.Errorf("Down was called with %v and %d times more", got, len(p.down))
	}
}
