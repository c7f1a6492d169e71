// Package homeassistant asks the Supervisor, and through it Home Assistant Core, for what the program would otherwise
// have to be told: the broker with its login, the language, the currency, the time zone, and whether Home Assistant's
// MQTT integration is set up. It is of use only when the program runs as a Home Assistant app; [FromEnvironment] tells.
//
// Two calls, both GET and both without a body (the Supervisor filters odd paths and queries, and neither has any):
//
//	http://supervisor/services/mqtt      needs "services: mqtt:want" in the app's configuration
//	http://supervisor/core/api/config    needs "homeassistant_api: true"; is passed on to Core
//
// They are described at https://developers.home-assistant.io/docs/api/supervisor/endpoints (the first, and the proxy)
// and https://developers.home-assistant.io/docs/api/rest (GET /api/config). How an app gets its token stands at
// https://developers.home-assistant.io/docs/apps/communication. What these pages leave out is in the Supervisor's source:
//
//   - The Supervisor accepts its token in several headers, its way to Core only as "Authorization: Bearer".
//   - While it starts or stops, it answers 400 "System is not ready with state: …", also to a wrong token.
//   - It passes nothing on before Core runs; until then, and whenever Core is away, the answer is 502.
//   - Errors of its own are JSON with a message; those of its web server are a line of text.
//   - A registered broker stays registered while its app is stopped. Its password can change: on a refused login, ask
//     again.
//
// Every answer is checked as if it came from a stranger: what it holds goes to the broker, into topics' payloads and into
// the log. Errors are [*Error] and say what, where and what to do next; neither token nor password appears in one, nor
// any value of an answer that could not be read.
//
// The package logs nothing and starts no goroutine that outlives a call. Every request is bounded in time and size.
package homeassistant
