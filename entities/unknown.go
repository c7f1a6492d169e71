package entities

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Topics of an evcc that is newer than this catalogue become disabled diagnostic entities, so that nobody waits for a
// release of ours. What they mean is unknown; so they are bound on every side:
//
//   - where: directly under a loadpoint, a vehicle or a meter ([Scope.meter], and the site's grid), never under the site;
//   - the key: letters and digits that begin with a lower-case letter, at most 40, none of its words in private;
//   - the payload: true, false, or a plain decimal number of at most 12 digits and 6 decimals;
//   - no row, no setter, nothing ignored, no capability, and nothing below it: that would be a list or a structure;
//   - at most 20 per object.
//
// Their ids begin with "other_", which no row's does: when a row comes for the key, the entity goes and another one
// comes; none ever changes its meaning.

// UnknownPrefix begins the ids of entities for topics that the catalogue does not know.
const UnknownPrefix = "other_"

// mostUnknown bounds how many unknown topics of one object become entities.
const mostUnknown = 20

var (
	unknownKey    = regexp.MustCompile(`^[a-z][a-zA-Z0-9]{1,39}$`)
	unknownNumber = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,6})?$`)
)

// private words never become entities: secrets, people, addresses, and what belongs to evcc's own settings.
var private = []string{
	"access", "account", "address", "admin", "altitude", "api", "auth", "authorization", "bearer", "birthday", "card", "cert", "certificate",
	"challenge", "chassis", "city", "code", "config", "configuration", "contact", "cookie", "coordinate", "credential", "csrf", "customer",
	"cvc", "debug", "dns", "domain", "elevation", "email", "employee", "endpoint", "file", "fingerprint", "gateway", "geo", "gps", "guid",
	"hash", "heading", "home", "host", "hostname", "http", "https", "iban", "iccid", "id", "ident", "identifier", "identity", "imei", "imsi",
	"ip", "ipv", "jwt", "key", "lat", "lati", "latitude", "licence", "license", "lng", "location", "log", "login", "lon", "longi",
	"longitude", "mac", "mail", "mqtt", "name", "net", "network", "nfc", "nonce", "nr", "number", "oauth", "otp", "owner", "pass",
	"passphrase", "passwd", "password", "path", "person", "phone", "pin", "plate", "port", "position", "postal", "private", "proxy", "psk",
	"puk", "pwd", "rfid", "salt", "secret", "seed", "serial", "server", "setting", "setup", "signature", "sim", "ski", "sponsor", "ssh",
	"ssid", "ssl", "street", "subject", "tag", "tan", "tel", "telemetry", "tls", "token", "topic", "totp", "tz", "ui", "uid", "uri", "url",
	"user", "username", "uuid", "version", "vin", "vpn", "wifi", "wlan", "yaml", "zip",
}

// privateParts are so telling that they count inside a word, too: who writes a key does not always begin a word with a capital.
var privateParts = []string{
	"account", "addr", "apikey", "authori", "badge", "card", "certif", "chassis", "contract", "coord", "credential", "customer", "emaid", "employee",
	"evcc", "gps", "homezone", "latitude", "licen", "longitude", "meterid", "mobile", "msisdn", "nfc", "passw", "phone", "rfid", "secret", "serial",
	"street", "token", "transponder", "username",
}

// privateEnds count at the end of a key, whatever stands before; but for the harmless, which end alike.
var (
	privateEnds = []string{"pin", "puk", "pwd", "key", "code", "id", "number", "nr"}
	harmless    = []string{"fluid", "grid", "hybrid", "liquid", "solid", "valid"}
)

// UnknownWords splits a key into its lower-case words: "fooDCPower" is foo, dc, power. ok is false for a key that never
// becomes an entity.
func UnknownWords(key string) (words []string, ok bool) {
	if !unknownKey.MatchString(key) {
		return nil, false
	}
	for _, part := range split(key) {
		words = append(words, strings.ToLower(part))
	}
	for _, word := range words {
		bare := strings.TrimRight(word, "0123456789")
		if slices.Contains(private, word) || slices.Contains(private, bare) || slices.Contains(private, strings.TrimSuffix(bare, "s")) {
			return nil, false
		}
	}
	flat := strings.ToLower(key)
	telling := slices.ContainsFunc(privateParts, func(part string) bool { return strings.Contains(flat, part) }) ||
		endsIn(flat, privateEnds) && !endsIn(flat, harmless)
	return words, !telling
}

func endsIn(text string, ends []string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(text, end) })
}

// split cuts a key where a capital begins a word; capitals in a row are one word, also with the s of a plural.
func split(key string) []string {
	var words []string
	start := 0
	upper := func(i int) bool { return i < len(key) && key[i] >= 'A' && key[i] <= 'Z' }
	lower := func(i int) bool { return i < len(key) && key[i] >= 'a' && key[i] <= 'z' }
	for i := 1; i <= len(key); i++ {
		plural := i+1 < len(key) && key[i+1] == 's' && (i+2 == len(key) || upper(i+2))
		if i == len(key) || upper(i) && (!upper(i-1) || lower(i+1) && !plural) {
			words = append(words, key[start:i])
			start = i
		}
	}
	return words
}

// UnknownTopics returns the instances of topics that the catalogue does not know. known are the keys that were published
// before, by component key: they stay, also while evcc's tree is empty, unless the catalogue knows them by now. fresh
// is what known shall be from now on.
func (v *View) UnknownTopics(o Object, known map[string]string) (list []Instance, fresh map[string]string) {
	fresh = make(map[string]string)
	add := func(key string, platform Platform, component string) {
		row, ok := v.unknownRow(o, key, platform)
		if _, taken := fresh[row.ComponentKey()]; !ok || taken || component != "" && component != row.ComponentKey() {
			return
		}
		fresh[row.ComponentKey()] = key
		list = append(list, Instance{Row: row, Object: o, State: o.Path(key), Name: unknownName(key)})
	}
	for _, component := range slices.Sorted(maps.Keys(known)) {
		platform := Sensor
		if strings.HasPrefix(component, BinarySensor.String()) {
			platform = BinarySensor
		}
		if len(fresh) < mostUnknown {
			add(known[component], platform, component)
		}
	}
	there := slices.Collect(maps.Values(fresh))
	for _, key := range v.unknownKeys(o) {
		if len(fresh) < mostUnknown && !slices.Contains(there, key) {
			platform, _ := unknownPlatform(v.Tree[o.Path(key)]) // it has one, or it were not among them
			add(key, platform, "")
		}
	}
	return list, fresh
}

// unknownKeys lists keys of the object that might become entities, sorted.
func (v *View) unknownKeys(o Object) []string {
	var keys []string
	for _, below := range o.unknownParents() {
		prefix := o.Path(below)
		for _, leaf := range v.leaves[strings.TrimSuffix(prefix, "/")] {
			_, fits := unknownPlatform(v.Tree[prefix+leaf])
			if key := below + leaf; fits && !o.Scope.knows(key) && unknownKey.MatchString(leaf) {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// unknownParents lists where unknown keys of an object may stand, below its prefix.
func (o Object) unknownParents() []string {
	if o.Scope == Site {
		return []string{"grid/"}
	}
	return []string{""}
}

// unknownPlatform is what a payload becomes; ok is false for what becomes nothing.
func unknownPlatform(payload string) (p Platform, ok bool) {
	if payload == "true" || payload == "false" {
		return BinarySensor, true
	}
	return Sensor, unknownNumber.MatchString(payload)
}

// unknownRow makes the row of an unknown key; ok is false when there shall be none.
func (v *View) unknownRow(o Object, key string, platform Platform) (row *Row, ok bool) {
	row = &Row{
		Scope: o.Scope, Keys: keys(key), Platform: platform, Category: Expert, Icon: "mdi:new-box",
	}
	parent, leaf := "", key
	if i := strings.LastIndexByte(key, '/'); i >= 0 {
		parent, leaf = key[:i+1], key[i+1:]
	}
	words, fine := UnknownWords(leaf)
	if !fine || !slices.Contains(o.unknownParents(), parent) {
		return row, false
	}
	row.ID = UnknownPrefix + strings.ReplaceAll(parent, "/", "_") + strings.Join(words, "_")
	if platform == Sensor {
		row.Measure = Plain
	}
	path := o.Path(key)
	_, ignored := Lookup(path)
	return row, !ignored && !IsCapability(path) && !o.Scope.knows(key) && !v.hasBelow(path)
}

// unknownName is what a person reads: "Foo DC power".
func unknownName(key string) string {
	var name []string
	for part := range strings.SplitSeq(key, "/") {
		for _, word := range split(part) {
			if len(word) < 2 || strings.ToUpper(word) != word {
				word = strings.ToLower(word)
			}
			name = append(name, word)
		}
	}
	text := strings.Join(name, " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// knows reports whether a row of the scope reads or sets the key, or something below it, or it is no row for a reason.
func (s Scope) knows(key string) bool { return knownKeys[s][key] }

// knownKeys are, by scope, the keys that rows read or set, their markers, what stands above them, and by their full names
// what tells a capability or is ignored.
var knownKeys = func() []map[string]bool {
	known := make([]map[string]bool, len(Scopes))
	for _, s := range Scopes {
		known[s] = make(map[string]bool)
		for _, prefix := range s.Prefixes() {
			for _, ig := range Ignored {
				if key, ok := strings.CutPrefix(ig.Path, prefix+"/"); ok {
					known[s][key] = true
				}
			}
		}
	}
	for _, c := range capabilities {
		known[c.scope][c.key] = true
	}
	for _, r := range All {
		for _, k := range r.names() {
			if k.Marker != "" {
				known[r.Scope][k.Marker] = true
			}
			for path := k.Path; path != ""; path = path[:max(0, strings.LastIndexByte(path, '/'))] {
				known[r.Scope][path] = true
			}
		}
	}
	return known
}()

// names returns all keys that the row reads or sets.
func (r *Row) names() []Key {
	if r.Write == nil {
		return r.Keys
	}
	return slices.Concat(r.Keys, r.Write.Sets)
}

// hasBelow reports whether a topic has topics below it.
func (v *View) hasBelow(path string) bool {
	below := path + "/"
	for parent := range v.leaves {
		if parent == path || strings.HasPrefix(parent, below) {
			return true
		}
	}
	return false
}
