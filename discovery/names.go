package discovery

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/gosimple/unidecode"
	"golang.org/x/text/unicode/norm"

	"evcc-discovery/entities"
)

// DefaultRoot is evcc's own default topic. Its entity ids begin with "evcc_", as the ha-evcc integration's do.
const DefaultRoot = "evcc"

var (
	commaInNumber = regexp.MustCompile(`(\d),(\d)`)
	notASlug      = regexp.MustCompile(`[^a-z0-9]+`)
)

// Slug returns text as Home Assistant makes it part of an entity id: lower case ASCII words joined by underscores,
// "unknown" where nothing is left. Same steps as its own function, which is python-slugify: ASCII quotes separate,
// decomposed, transliterated, HTML entities decoded, quotes that come out of that vanish. A few letters of other
// scripts are transliterated differently; ids only need to be stable.
func Slug(text string) string {
	text = norm.NFKD.String(strings.ReplaceAll(text, "'", "-"))
	text = html.UnescapeString(unidecode.Unidecode(text))
	text = strings.ToLower(norm.NFKD.String(text))
	text = strings.ReplaceAll(text, "'", "")
	text = commaInNumber.ReplaceAllString(text, "$1$2")
	text = strings.Trim(notASlug.ReplaceAllString(text, "_"), "_")
	if text == "" {
		return "unknown"
	}
	return text
}

// Escape turns any name into [a-z0-9_]: every other byte becomes "_" and two hex digits, so that different names stay
// different in topics and ids.
func Escape(name string) string { return escape(name, false) }

// node is Escape for the base topic, where a hyphen is fine.
func node(base string) string { return escape(base, true) }

func escape(name string, hyphen bool) string {
	odd := func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || hyphen && r == '-') }
	if !strings.ContainsFunc(name, odd) {
		return name
	}
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; odd(rune(c)) {
			fmt.Fprintf(&b, "_%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Site says where one evcc is and how it shall appear. It is a value: what changes makes other messages.
type Site struct {
	Root       string // evcc's root topic
	Base       string // our own topics
	Prefix     string // Home Assistant's discovery prefix
	ReadOnly   bool   // no controls
	Compatible bool   // as the ha-evcc integration has it, beside what we have
	Words      Words
	Version    string // ours, shown as the messages' origin
}

// Words are the texts that people read; the consumer's view of package translations.
type Words interface {
	Name(key string) string     // of an entity: "loadpoint.charge_power"
	Device(scope string) string // of a device without a title
	Model(scope string) string
}

func (s Site) id() string { return Escape(s.Root) }

// StatusTopic carries our availability: online, or offline by will and at the end.
func StatusTopic(base string) string { return base + "/status" }

// ReadyTopic is offline while what evcc left on the broker cannot be trusted.
func (s Site) ReadyTopic() string { return s.own("ready") }

// RegistryTopic carries the retained [Registry].
func (s Site) RegistryTopic() string { return s.own("registry") }

// Topic is the site's own topic; everything of it is below.
func (s Site) Topic() string { return s.Base + "/" + s.id() }

func (s Site) own(name string) string { return s.Base + "/" + s.id() + "/" + name }

// ConfigFilter matches the config topics of everything that was ever published with this prefix and base.
func ConfigFilter(prefix, base string) string { return prefix + "/device/" + node(base) + "/+/config" }

// IsConfig reports whether the topic is the config topic of a device with this prefix and base.
func IsConfig(prefix, base, topic string) bool {
	const last = "/config"
	stem := len(prefix) + len("/device/")
	return len(topic) > stem+len(last) && topic[:len(prefix)] == prefix && topic[len(topic)-len(last):] == last &&
		topic == configTopic(prefix, base, objectOf(topic))
}

// OtherBasesFilter matches the site's device of every base topic.
func (s Site) OtherBasesFilter() string {
	return s.Prefix + "/device/+/" + s.object(entities.Site, "") + "/config"
}

// OtherBase returns the base topic, as it stands in topics, of another program's device for the same site.
func (s Site) OtherBase(config string) (base string, ok bool) {
	rest, ok := strings.CutPrefix(config, s.Prefix+"/device/")
	base, object, _ := strings.Cut(rest, "/")
	return base, ok && object == s.object(entities.Site, "")+"/config" && base != node(s.Base)
}

func configTopic(prefix, base, object string) string {
	return prefix + "/device/" + node(base) + "/" + object + "/config"
}

// object names a device within the base: "evcc_loadpoint_1", "evcc_site".
func (s Site) object(scope entities.Scope, id string) string {
	if id == "" {
		return s.id() + "_" + scope.String()
	}
	return s.id() + "_" + scope.String() + "_" + id
}

// identifier is a device's identity in Home Assistant, and the stem of its entities' unique ids.
func identifier(base, object string) string { return node(base) + "_" + object }

// entityPrefix begins the site's entity ids.
func (s Site) entityPrefix() string {
	if s.Root == DefaultRoot {
		return DefaultRoot
	}
	return Slug(s.Root)
}
