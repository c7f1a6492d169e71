package mqtt

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// explainTLS knows the ways in which encryption fails. No hint says to do without: whoever stands between us and the
// broker could bring that about.
func explainTLS(u *url.URL, err error) (Kind, cause) {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		noTLS   tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &unknown):
		return TLS, cause{
			text: "the broker's certificate is signed by an unknown authority" + named(unknown.Cert),
			hint: "set " + envCA + " to the file with the certificate of that authority",
		}
	case errors.As(err, &name):
		return TLS, cause{
			text: name.Error() + named(name.Certificate),
			hint: "use a name from the broker's certificate in " + envURL,
		}
	case errors.As(err, &invalid) && invalid.Reason != x509.Expired:
		return TLS, cause{text: "the broker's certificate is not usable: " + invalid.Error() + named(invalid.Cert), hint: "issue a new certificate for the broker"}
	case errors.As(err, &invalid): // its own text has the time of day in it
		return TLS, cause{
			text: "the broker's certificate has expired or is not yet valid" + named(invalid.Cert),
			hint: "renew the certificate, or correct the clock of this machine or the broker's",
		}
	case errors.As(err, &noTLS):
		return TLS, cause{text: "the broker does not speak TLS on this port", hint: hintPort}
	case alertOf(err) != "":
		return TLS, explainAlert(u, alertOf(err))
	case secure(u) && !dialing(err) && closed(err):
		return TLS, cause{text: "the broker closed the connection during the TLS handshake", hint: hintPort}
	case ofTLS(err):
		return TLS, explainHandshake(strip(err))
	}
	return 0, cause{}
}

const (
	hintPort    = "check host and port in " + envURL + ": the broker's TLS port is often 8883, or 443 for wss"
	hintVersion = "allow TLS 1.2 or 1.3 in the broker's settings (Mosquitto: tls_version), or update it"
	hintCertify = "let the broker take clients without a certificate (Mosquitto: require_certificate false), and log in with user and password"

	textVersion = "the broker speaks only versions of TLS that are older than 1.2"
)

// alertOf returns the text of the alert with which the peer has ended the encryption, "" for another error. On a socket
// the alert's type is crypto/tls's own; its text is that of [tls.AlertError].
func alertOf(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op.Err.Error()
	}
	return ""
}

// alerts says what a peer means, by its alert.
// https://www.rfc-editor.org/rfc/rfc8446#section-6.2
var alerts = map[tls.AlertError]cause{
	40: {
		text: "the broker has no encryption in common with us, or demands a client certificate",
		hint: "look at the broker's log; let it take clients without a certificate, and current versions of TLS (Mosquitto: require_certificate, tls_version, ciphers)",
	},
	42:  {text: "the broker does not accept our certificate, or that we have none", hint: hintCertify},
	43:  {text: "the broker does not accept the kind of our certificate", hint: hintCertify},
	44:  {text: "the broker says that our certificate was revoked", hint: hintCertify},
	45:  {text: "the broker says that our certificate has expired", hint: hintCertify},
	46:  {text: "the broker does not accept our certificate", hint: hintCertify},
	48:  {text: "the broker does not know the authority that signed our certificate", hint: hintCertify},
	49:  {text: "the broker does not let us in", hint: "look at the broker's rules for clients"},
	70:  {text: textVersion, hint: hintVersion},
	71:  {text: "the broker demands a stronger encryption", hint: "look at the broker's ciphers"},
	112: {text: "the broker does not know the name %s", hint: "use a name from the broker's certificate in " + envURL},
	116: {text: "the broker demands a client certificate, and this program has none", hint: hintCertify},
}

// explainAlert says what the peer means by an alert, given by its text.
func explainAlert(u *url.URL, text string) cause {
	for code, c := range alerts {
		if code.Error() != text {
			continue
		}
		if strings.Contains(c.text, "%s") {
			c.text = fmt.Sprintf(c.text, u.Hostname())
		}
		return c
	}
	return cause{text: "the broker refused the encryption: " + text, hint: "check the broker's TLS settings"}
}

// ofTLS reports whether an error is one of crypto/tls or crypto/x509, most of which have no type of their own.
func ofTLS(err error) bool {
	text := strip(err)
	return strings.HasPrefix(text, "tls: ") || strings.HasPrefix(text, "x509: ")
}

// strip is stable without what says where the error was found.
func strip(err error) string {
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return certificate.Err.Error()
	}
	return stable(err)
}

// explainHandshake is for what we do not accept of the peer.
func explainHandshake(text string) cause {
	if strings.HasPrefix(text, "tls: server selected unsupported protocol version") {
		return cause{text: textVersion, hint: hintVersion}
	}
	return cause{text: "the encryption failed: " + text, hint: "check the broker's TLS settings and certificate"}
}
