package corpora

import (
	"strings"
	"testing"
)

const (
	// a device message in the short words, as Home Assistant's documentation has it
	short = `{"dev":{"ids":"ea334450945afc","name":"Kitchen","mf":"Bla electronics","mdl":"xya","sw":"1.0","sn":"ea334450945afc","hw":"1.0rev2"},` +
		`"o":{"name":"bla2mqtt","sw":"2.1","url":"https://bla2mqtt.example.com/support"},"cmps":{"some_unique_component_id1":{"p":"sensor",` +
		`"device_class":"temperature","unit_of_measurement":"°C","value_template":"{{ value_json.temperature }}","unique_id":"temp01ae_t"},` +
		`"some_unique_id2":{"p":"sensor","device_class":"humidity","unit_of_measurement":"%","value_template":"{{ value_json.humidity }}","unique_id":"temp01ae_h"}},` +
		`"state_topic":"sensorBedroom/state","qos":2}`
	// one entity, as most programs write it
	single = `{"availability":[{"topic":"zigbee2mqtt/bridge/state","value_template":"{{ value_json.state }}"}],"device":{"identifiers":["zigbee2mqtt_0x00158d0001"],` +
		`"manufacturer":"Xiaomi","model":"WSDCGQ11LM","name":"Garage sensor"},"device_class":"temperature","enabled_by_default":true,"origin":{"name":"Zigbee2MQTT","sw":"2.1.0"},` +
		`"state_class":"measurement","state_topic":"zigbee2mqtt/Garage sensor","unique_id":"0x00158d0001_temperature","unit_of_measurement":"°C","value_template":"{{ value_json.temperature }}"}`
	// an evcc-discovery's registry that a later release wrote
	newer = `{"version":9,"changes":41,"objects":{"loadpoint/lp-1":{"index":1,"title":"Carport","slug":"carport","place":{"kind":"name"}}}}`
	// all of the app's options
	options = `{"evcc_topics":["evcc","haus/evcc"],"language":"de","read_only":false,"compatibility":"ha-evcc","mqtt_url":"mqtts://broker.local:8883",` +
		`"mqtt_username":"evcc","mqtt_password":"correct horse","mqtt_ca":"/ssl/ca.pem","discovery_prefix":"homeassistant","base_topic":"evcc-discovery",` +
		`"log_level":"info","log_format":"text"}`
	mosquitto = `{"result":"ok","data":{"addon":"core_mosquitto","host":"core-mosquitto","port":1883,"ssl":false,"protocol":"3.1.1","username":"addons","password":"Aex5"}}`
	core      = `{"allowlist_external_dirs":["/media"],"components":["sensor","mqtt","mqtt.sensor","hassio","recorder"],"config_dir":"/config","config_source":"storage",` +
		`"country":"DE","currency":"EUR","elevation":34,"external_url":null,"internal_url":null,"language":"de","location_name":"Zuhause","recovery_mode":false,` +
		`"safe_mode":false,"state":"RUNNING","time_zone":"Europe/Berlin","unit_system":{"length":"km","temperature":"°C"},"version":"2026.11.2"}`
)

// Of FuzzStep: four bytes are the root, the path, the payload and how long it took, by their places in the lists there.
var (
	connect = []byte{0, 0, 0, 255}
	retain  = [][]byte{{0, 0, 1, 1}, {0, 1, 3, 1}, {0, 2, 11, 1}, {0, 3, 7, 1}, {0, 4, 5, 1}, {0, 5, 8, 1}} // an evcc with one loadpoint
	learn   = [][]byte{{0, 5, 8, 8}, {0, 5, 8, 8}, {0, 5, 8, 8}}                                            // it speaks, for six seconds
)

// script puts events one after the other.
func script(parts ...[][]byte) []byte {
	list := [][]byte{connect}
	for _, part := range parts {
		list = append(list, part...)
	}
	return []byte(joined(list))
}

func joined(list [][]byte) string {
	var b strings.Builder
	for _, part := range list {
		b.Write(part)
	}
	return b.String()
}

func corpora(t *testing.T) []corpus {
	own, battery, registry := golden(t, "0.316.0/adapter.json"), golden(t, "0.123.0/evcc_battery_1.json"), golden(t, "0.123.0/registry.json")
	return []corpus{
		{"FuzzClean", "entities", []input{
			in("emoji", "e-Golf 🚗👨‍👩‍👧"), in("nul", "a\x00b"), in("terminal", "\x1b[31mred\x1b[0m"), in("direction", "\u202egnp.exe"), in("lines", "two\r\nlines\u2028"), in("half", "\xff\xc3"),
		}},
		{"FuzzSlug", "discovery", []input{
			in("umlauts", "Größe – Straße 7"), in("japanese", "車庫の充電器"), in("car", "e-Golf (weiß) 🚗"), in("nothing-left", "…"), in("number", "11 kW"),
		}},
		{"FuzzEscape", "discovery", []input{
			in("position-and-lookalike", "lp-1", "lp_1"), in("database", "db:7", "db:70"), in("yaml-name", "Tesla Model 3", "tesla_model_3"),
		}},
		{"FuzzConfigTopics", "discovery", []input{
			in("default", "evcc", "evcc-discovery", "vehicle_1"), in("two-levels", "haus/evcc", "smart/evcc-discovery", "db:12"), in("yaml-name", "evcc2", "evcc-discovery", "Tesla Model 3"),
		}},
		{"FuzzForeignConfig", "discovery", []input{
			in("short-words", short, own), in("single-entity", single, battery), in("our-own-battery", battery, own), in("other-base", strings.ReplaceAll(own, "evcc-discovery", "second"), own),
			in("cut-off", battery[:len(battery)/2], own), in("reduced", `{"device":{"identifiers":["x"],"name":"Garage"},"origin":{"name":"evcc-discovery"},"components":{"sensor_a":{"platform":"sensor"}}}`, own),
		}},
		{"FuzzUnknown", "discovery", []input{
			in("power", "wallboxLossPower", "42.5"), in("flag", "bidirectionalEnabled", "true"), in("structure", "rules", `{"cheap":true}`), in("text", "tariffName", "Tibber"),
			in("vin", "vehicleVin", "WVWZZZAUZFW804711"), in("pin", "gridOperatorPin", "4711"), in("known", "chargerPhases1p3p", "true"), in("exponent", "lifetimeEnergy", "1.2346e+06"),
		}},
		{"FuzzRegistryDecode", "discovery", []input{
			in("evcc-0.123", []byte(registry)), in("cut-off", []byte(registry[:len(registry)/2])), in("newer-release", []byte(newer)), in("not-ours", []byte(short)),
			in("user-deleted", []byte(`{"version":1,"changes":7,"objects":{"vehicle/db:1":{"title":"Zoe","slug":"zoe","deleted":true,"rows":["sensor_soc"]}}}`)),
		}},
		{"FuzzWanted", "discovery", []input{
			in("first-start", uint64(7), uint8(100), "Carport", "lp-1", "smart", []byte{}), in("known", uint64(8), uint8(100), "Garage", "db:3", "pv", []byte(registry)),
			in("half-a-tree", uint64(9), uint8(40), "Wallbox links", "", "", []byte(newer)), in("blanked", uint64(10), uint8(0), "", "", "", []byte(registry)),
		}},
		{"FuzzLoad", "translations", []input{in("swiss", "de-CH"), in("debian", "de_DE.UTF-8"), in("posix", "C.UTF-8"), in("brazil", "pt-BR"), in("norwegian", "nb")}},
		{"FuzzPlan", "entities", []input{
			in("morning", `{"value":80,"time":"07:00"}`, int64(0), true), in("summer-time-begins", `{"value":80,"time":"02:30"}`, int64(10800000), true),
			in("script", `{"value":12.5,"time":"2026-12-24T18:00:00+01:00","precondition":1800,"continuous":true}`, int64(3600), false), in("card", `{"value":"80","time":"2026-12-01 07:00:00"}`, int64(0), false),
		}},
		{"FuzzEncode", "entities", []input{
			in("slider", uint16(10), uint16(0), []byte("16.0"), "6"), in("switch", uint16(60), uint16(1), []byte("ON"), "pv"), in("datetime", uint16(42), uint16(0), []byte("2026-12-24T18:00:00+01:00"), "900"),
			in("comma", uint16(20), uint16(0), []byte("0,25"), ""), in("template-error", uint16(5), uint16(0), []byte("None"), "smart"),
		}},
		{"FuzzURL", "internal/mqtt", []input{
			in("mosquitto-app", "mqtt://core-mosquitto:1883"), in("tls", "mqtts://broker.local:8883"), in("websocket", "ws://nas.local:9001/mqtt"), in("v6", "mqtt://[fd00::1]:1883"),
			in("as-evcc-has-it", "192.168.1.2:1883"), in("paho", "tcp://192.168.1.2:1883"), in("http", "http://192.168.1.2"),
		}},
		{"FuzzSet", "internal/simulator", []input{
			in("old-mode", "evcc/loadpoints/1/mode/set", "minpv"), in("limit", "evcc/loadpoints/1/limitSoc/set", "80"), in("feed-in", "evcc/site/smartFeedInPriorityLimit/set", "-0.05"),
			in("clear", "evcc/loadpoints/2/smartCostLimit/set", "null"), in("plan", "evcc/loadpoints/1/plan/energy/set", `{"value":20,"time":"2027-11-23T08:17:29Z"}`), in("phases", "evcc/loadpoints/1/phasesConfigured/set", "3"),
		}},
		{"FuzzBrokerAnswer", "internal/homeassistant", []input{
			in("mosquitto-app", 200, []byte(mosquitto)), in("tls-without-login", 200, []byte(`{"result":"ok","data":{"app":"a0d7b954_emqx","host":"a0d7b954-emqx","port":"8883","ssl":true,"protocol":"5"}}`)),
			in("forbidden", 403, []byte(`{"result":"error","message":"No access to mqtt service!"}`)), in("not-installed", 400, []byte(`{"result":"error","message":"Service not enabled"}`)),
			in("cut-off", 200, []byte(mosquitto[:len(mosquitto)/2])), in("proxy", 502, []byte("<html><head><title>502 Bad Gateway</title></head></html>")),
		}},
		{"FuzzCoreAnswer", "internal/homeassistant", []input{
			in("home", 200, []byte(core)), in("without-mqtt", 200, []byte(strings.ReplaceAll(core, "mqtt", "hue"))), in("starting", 200, []byte(strings.ReplaceAll(core, "RUNNING", "NOT_RUNNING"))),
			in("cut-off", 200, []byte(core[:len(core)/2])), in("away", 502, []byte("502: Bad Gateway")), in("token", 401, []byte("401: Unauthorized")),
		}},
		{"FuzzSettings", "internal/settings", []input{
			in("self-hosted", "PATH=/usr/bin\nHOME=/\nEVCC_DISCOVERY_MQTT_URL=mqtt://192.168.1.2:1883\nEVCC_DISCOVERY_MQTT_USERNAME=evcc\nEVCC_DISCOVERY_LANGUAGE=de", "correct horse"),
			in("several-sites", "EVCC_DISCOVERY_EVCC_TOPICS=evcc, haus/evcc ,evcc\nEVCC_DISCOVERY_READ_ONLY=true\nEVCC_DISCOVERY_COMPATIBILITY=ha-evcc", ""),
			in("slips", "EVCC_DISCOVERY_MQTT_USER=evcc\nEVCC_DISCOVERY_LOG_LEVEL=verbose\nEVCC_DISCOVERY_BASE_TOPIC=evcc/#\nEVCC_DISCOVERY_HEALTH_ADDRESS=8099", "pass\"word"),
		}},
		{"FuzzOptions", "internal/settings", []input{
			in("everything", options), in("nothing", "{}"), in("cut-off", options[:len(options)/2]), in("other-types", `{"evcc_topics":"evcc","read_only":"true","mqtt_password":1234,"language":["de"]}`),
			in("older-app", `{"evcc_topics":["evcc"],"rest_url":"http://evcc.local:7070"}`),
		}},
		{"FuzzOpen", "internal/state", []input{
			in("kept", []byte(`{"version":1,"base":"mine","registries":{"evcc":`+registry+`}}`)), in("other-base", []byte(`{"version":1,"base":"evcc-discovery","registries":{"evcc":`+registry+`}}`)),
			in("cut-off", []byte(`{"version":1,"base":"mine","registries":{"evcc":`+registry[:100])), in("newer-registry", []byte(`{"version":1,"base":"mine","registries":{"evcc":`+newer+`}}`)), in("empty", []byte{}),
		}},
		{"FuzzStep", "internal/bridge", []input{
			in("evcc-restarts", script(retain, learn, [][]byte{{0, 1, 0, 0}, {0, 5, 0, 0}, {0, 2, 0, 0}, {0, 0, 2, 8}, {0, 0, 1, 10}, {0, 1, 3, 0}, {0, 2, 11, 0}, {0, 3, 7, 0}, {0, 5, 8, 8}}), "Garage"),
			in("evcc-crashes", script(retain, learn, [][]byte{{0, 0, 2, 0}, {0, 0, 1, 10}, {0, 5, 8, 0}, {0, 3, 7, 10}}), "pv"),
			in("another-program-writes-our-config", script(retain, learn, [][]byte{{4, 48, 255, 8}, {4, 48, 255, 8}, {4, 48, 255, 8}, {0, 5, 8, 10}}), short),
			in("a-newer-registry", script(append([][]byte{{2, 46, 255, 1}}, retain...), learn), newer),
			in("a-command-and-a-lost-connection", script(retain, learn, [][]byte{{2, 16, 9, 0}, {0, 0, 0, 254}, connect}, retain, learn, [][]byte{{2, 16, 255, 0}, {0, 5, 9, 0}, {0, 6, 0, 0}}), "now"),
			in("home-starts", script(retain, learn, [][]byte{{4, 0, 1, 0}, {0, 5, 8, 8}, {0, 5, 8, 8}, {0, 5, 8, 8}, {4, 0, 2, 0}}), "online"),
		}},
		{"FuzzCommand", "internal/bridge", []input{
			in("slider", uint8(3), uint16(12), "16.0", "6", false), in("plan", uint8(2), uint16(30), `{"value":80,"time":"07:00"}`, "on", false), in("not-answered", uint8(0), uint16(3), "now", "off", true),
			in("template-error", uint8(1), uint16(8), "None", "unavailable", false),
		}},
	}
}
