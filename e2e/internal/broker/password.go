package broker

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
)

// passwordEntry is a line of mosquitto's password file, as mosquitto_passwd writes it:
// $7$<rounds>$<salt>$<PBKDF2 with SHA-512>.
func passwordEntry(user, password string) (string, error) {
	const rounds = 101
	salt := make([]byte, 12)
	_, _ = rand.Read(salt) // never fails
	key, err := pbkdf2.Key(sha512.New, password, salt, rounds, sha512.Size)
	if err != nil {
		return "", fmt.Errorf("hash the password of %s: %w", user, err)
	}
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("%s:$7$%d$%s$%s\n", user, rounds, encode(salt), encode(key)), nil
}
