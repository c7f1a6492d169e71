package mqtt

import (
	"crypto/x509"
	"fmt"
	"time"
)

// longestName bounds what a certificate may say of itself in a line.
const longestName = 100

// named says which certificate it is, to stand after what is wrong with it. What it says of itself is quoted.
func named(c *x509.Certificate) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf(" (subject %.*q, issuer %.*q, valid from %s to %s)", longestName, c.Subject.String(), longestName, c.Issuer.String(),
		c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly))
}
