package mqtt

import (
	"cmp"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// The settings that texts refer to; package main declares them.
const (
	envURL      = "EVCC_DISCOVERY_MQTT_URL"
	envUsername = "EVCC_DISCOVERY_MQTT_USERNAME"
	envPassword = "EVCC_DISCOVERY_MQTT_PASSWORD"
	envCA       = "EVCC_DISCOVERY_MQTT_CA"
)

var defaultPort = map[string]string{
	"mqtt": "1883", "tcp": "1883",
	"mqtts": "8883", "ssl": "8883", "tls": "8883",
	"ws": "80", "wss": "443",
}

func secure(u *url.URL) bool {
	return u != nil && (defaultPort[u.Scheme] == "8883" || u.Scheme == "wss")
}

func websocket(scheme string) bool { return scheme == "ws" || scheme == "wss" }

// parseURL returns the address with its port and nothing secret in it, or
// every problem it has. It does not use url.Parse: that stops at the first
// problem and quotes it, password included.
func parseURL(raw string) (*url.URL, []error) {
	var errs []error
	problem := func(format string, a ...any) { errs = append(errs, fmt.Errorf(envURL+format, a...)) }

	raw = strings.TrimSpace(raw)
	if raw == "" {
		problem(" is empty: write mqtt://host:1883")
		return nil, errs
	}
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		scheme, rest = "", raw
	}
	// What stands before the last @ may be a password with any character in it.
	if i := strings.LastIndex(raw, "@"); i >= 0 {
		problem(" must not hold a user or password: set %s and %s", envUsername, envPassword)
		rest = raw[i+1:]
	}
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		problem(`: leave out "?" or "#" and what follows`)
		rest = rest[:i]
	}
	authority, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	scheme = strings.ToLower(scheme)
	switch _, known := defaultPort[scheme]; {
	case scheme == "":
		problem(" has no scheme: write mqtt://%s", cmp.Or(authority, "host:1883"))
	case !known && schemePattern.MatchString(scheme):
		problem(": unknown scheme %q: use mqtt, mqtts, ws or wss", scheme)
	case !known:
		problem(": unknown scheme: use mqtt, mqtts, ws or wss")
	}
	host, port, hostErrs := splitHostPort(authority)
	for _, err := range hostErrs {
		problem(": %w", err)
	}
	u := &url.URL{Scheme: scheme, Host: net.JoinHostPort(host, cmp.Or(port, defaultPort[scheme]))}
	decoded, err := checkPath(scheme, path)
	if err != nil {
		problem(": %w", err)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	if decoded != "" {
		u.Path, u.RawPath = decoded, path
	}
	return u, nil
}

func splitHostPort(authority string) (host, port string, errs []error) {
	host, port, _ = strings.Cut(authority, ":")
	if inner, ok := strings.CutPrefix(authority, "["); ok {
		host, port, ok = strings.Cut(inner, "]")
		if !ok || port != "" && port[0] != ':' {
			return "", "", one("%q is not an address with a port: write [address]:port", authority)
		}
		host, port = strings.Replace(host, "%25", "%", 1), strings.TrimPrefix(port, ":")
		address, zone, _ := strings.Cut(host, "%")
		if net.ParseIP(address) == nil || !hostPattern.MatchString(zone) {
			return "", "", one("%q is not an IPv6 address", host)
		}
	} else if strings.Contains(port, ":") {
		return "", "", one("%q is not a host with a port: write an IPv6 address as [address]:port", authority)
	}
	switch {
	case host == "":
		errs = append(errs, errors.New("the host is missing"))
	case authority[0] != '[' && !hostPattern.MatchString(host):
		errs = append(errs, fmt.Errorf("%q is not a host name or address", host))
	}
	if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
		errs = append(errs, fmt.Errorf("port %q is not a number from 1 to 65535", port))
	}
	return host, port, errs
}

func one(format string, a ...any) []error { return []error{fmt.Errorf(format, a...)} }

func checkPath(scheme, path string) (decoded string, err error) {
	if !websocket(scheme) {
		if path != "" && path != "/" {
			return "", fmt.Errorf("the path %q is only for ws and wss", path)
		}
		return "", nil
	}
	if decoded, err = url.PathUnescape(path); err != nil {
		return "", fmt.Errorf("the path %q has a broken %% escape", path)
	}
	return decoded, nil
}

var (
	schemePattern   = regexp.MustCompile(`^[a-z][a-z0-9+.-]*$`)
	hostPattern     = regexp.MustCompile(`^[\pL\pN._-]*$`)
	clientIDPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,23}$`)
)

// checkLogin checks what goes into CONNECT and fills in the client id.
func checkLogin(o *Options) []error {
	var errs []error
	if o.Password != "" && o.Username == "" {
		errs = append(errs, fmt.Errorf("%s is set without %s", envPassword, envUsername))
	}
	if len(o.Username) > maxText || len(o.Password) > maxText {
		errs = append(errs, fmt.Errorf("%s or %s is longer than %d bytes", envUsername, envPassword, maxText))
	}
	if o.ClientID == "" {
		var b [4]byte
		_, _ = rand.Read(b[:])
		o.ClientID = "evcc-discovery-" + hex.EncodeToString(b[:])
	}
	if !clientIDPattern.MatchString(o.ClientID) {
		errs = append(errs, fmt.Errorf("client id %q: use 1 to 23 of A-Z, a-z, 0-9, - and _", o.ClientID))
	}
	if o.Will != nil {
		if err := checkMessage(*o.Will); err != nil {
			errs = append(errs, fmt.Errorf("last will: %w", err))
		} else if len(o.Will.Payload) > maxText {
			errs = append(errs, fmt.Errorf("last will: payload longer than %d bytes", maxText))
		}
	}
	return errs
}

// loadRoots returns nil, the system's roots, when no file is given.
func loadRoots(u *url.URL, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	if u != nil && !secure(u) {
		return nil, fmt.Errorf("%s is set but %s:// is not encrypted: use mqtts:// or wss:// in %s", envCA, u.Scheme, envURL)
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		var p *os.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, fmt.Errorf("%s: %s: %w", envCA, file, err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil { // an image without any
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: %s holds no certificate in PEM form", envCA, file)
	}
	return roots, nil
}
