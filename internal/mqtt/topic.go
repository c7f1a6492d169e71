package mqtt

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	maxText      = 65535       // strings of the protocol have a two-byte length
	maxRemaining = 268_435_455 // a packet has a length of at most four times seven bits
)

func checkText(what, s string) error {
	switch {
	case s == "":
		return fmt.Errorf("empty %s", what)
	case len(s) > maxText:
		return fmt.Errorf("%s longer than %d bytes", what, maxText)
	case !utf8.ValidString(s):
		return fmt.Errorf("%s %q is not UTF-8", what, s)
	case strings.ContainsRune(s, 0):
		return fmt.Errorf("%s %q has a zero character", what, s)
	}
	return nil
}

// checkMessage refuses what a broker would answer by closing the connection.
func checkMessage(m Message) error {
	if err := checkText("topic", m.Topic); err != nil {
		return err
	}
	if strings.ContainsAny(m.Topic, "+#") {
		return fmt.Errorf("topic %q has a wildcard", m.Topic)
	}
	if m.QoS > 2 {
		return fmt.Errorf("topic %q: QoS %d does not exist", m.Topic, m.QoS)
	}
	if most := maxRemaining - len(m.Topic) - 4; len(m.Payload) > most {
		return fmt.Errorf("topic %q: %d bytes are too large for a message, at most %d", m.Topic, len(m.Payload), most)
	}
	return nil
}

func checkFilters(qos byte, filters []string) error {
	var errs []error
	if qos > 2 {
		errs = append(errs, fmt.Errorf("subscribe: QoS %d does not exist", qos))
	}
	for _, f := range filters {
		if err := checkFilter(f); err != nil {
			errs = append(errs, fmt.Errorf("subscribe: %w", err))
		}
	}
	return errors.Join(errs...)
}

func checkFilter(filter string) error {
	if err := checkText("filter", filter); err != nil {
		return err
	}
	levels := strings.Split(filter, "/")
	for i, l := range levels {
		switch {
		case strings.Contains(l, "#") && (l != "#" || i != len(levels)-1):
			return fmt.Errorf("filter %q: # stands alone at the end", filter)
		case strings.Contains(l, "+") && l != "+":
			return fmt.Errorf("filter %q: + stands alone between slashes", filter)
		}
	}
	return nil
}
