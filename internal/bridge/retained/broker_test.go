package retained

// broker is a model of one that has a limit, keeps from us what we may not read, and loses its memory.
type broker struct {
	kept    map[string]string
	limit   int             // size of a message; 0 = none
	tooMuch excess          // what it does with a larger one
	secret  map[string]bool // topics that we may not read
}

type excess int

const (
	closes excess = iota // the connection
	drops
	handsOn // and does not keep
	excesses
)

// keep takes a message.
func (b *broker) keep(topic, payload string) {
	if b.kept[topic] = payload; payload == "" {
		delete(b.kept, topic)
	}
}

func (b *broker) tooLarge(topic, payload string) bool {
	return b.limit > 0 && Size(topic, payload) > b.limit
}
