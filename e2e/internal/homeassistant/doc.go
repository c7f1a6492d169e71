// Package homeassistant runs a real Home Assistant for a test, as its own process on a loopback port.
//
// Install puts one release into the user's cache directory, with a Python of its own: neither root
// nor a container nor a system Python is needed, and nothing is fetched but Go modules and Python
// packages. Start gives a fresh, onboarded instance; AddMQTT connects it to a broker the way a user
// does. From then on a test looks at it through Home Assistant's own API only: REST for states and
// services, the websocket for the registries and for waiting, and the log for what went wrong.
//
// What Home Assistant under test cannot do: reach another machine, install packages, use a camera,
// a Bluetooth adapter or a microphone.
package homeassistant

// The releases that are installed for tests, by the requirement list of the same name.
const (
	// Newest is the release that everything is tested on.
	Newest = "2026.11.0"
	// Minimum is the oldest series that we support, in its last patch release.
	Minimum = "2026.5.4"
)
