package discovery_test

import (
	"encoding/json"
	"fmt"

	"evcc-discovery/discovery"
	"evcc-discovery/entities"
	"evcc-discovery/translations"
)

// The messages follow from evcc's topics and the registry, which remembers what was chosen once.
func ExampleSite_Wanted() {
	words, err := translations.Load("de")
	if err != nil {
		panic(err)
	}
	site := discovery.Site{Root: "evcc", Base: "evcc-discovery", Prefix: "homeassistant", Words: words}
	tree := entities.Tree{ // what evcc has published below its root topic
		"status":                   "online",
		"loadpoints":               "1",
		"loadpoints/1/title":       "Garage",
		"loadpoints/1/connected":   "true",
		"loadpoints/1/chargePower": "6900",
	}
	wanted := site.Wanted(tree, discovery.Registry{}, false)
	for _, config := range wanted.Configs {
		fmt.Println(config.Topic)
	}
	var message struct {
		Components map[string]struct {
			Name       string `json:"name"`
			EntityID   string `json:"default_entity_id"`
			StateTopic string `json:"state_topic"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(wanted.Configs[1].Payload), &message); err != nil {
		panic(err)
	}
	fmt.Printf("%+v\n", message.Components["binary_sensor_connected"])
	fmt.Println("remembered:", wanted.Registry.Objects["loadpoint/1"].Slug)
	// Output:
	// homeassistant/device/evcc-discovery/evcc_site/config
	// homeassistant/device/evcc-discovery/evcc_loadpoint_1/config
	// {Name:Verbunden EntityID:binary_sensor.evcc_garage_connected StateTopic:evcc/loadpoints/1/connected}
	// remembered: garage
}

// What the broker keeps already needs no message.
func ExampleMissing() {
	wanted := []discovery.Retained{{Topic: "a", Payload: "1"}, {Topic: "b", Payload: "2"}}
	fmt.Println(discovery.Missing(wanted, map[string]string{"a": "1", "b": "old", "c": "of another program"}))
	// Output: [{b 2}]
}

// Home Assistant removes an entity when it reads its component with nothing but a platform.
func ExampleRemovalMessage() {
	removal, ok := discovery.RemovalMessage(`{"device":{"identifiers":["garage"]},"components":{"sensor_soc":{"platform":"sensor","unique_id":"garage_soc"}}}`)
	fmt.Println(removal, ok)
	// Output: {"device":{"identifiers":["garage"]},"components":{"sensor_soc":{"platform":"sensor"}}} true
}
