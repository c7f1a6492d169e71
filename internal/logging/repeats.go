package logging

import (
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	mostLines = 100 // of one kind in a period; what comes beyond is counted
	period    = time.Minute
	mostKinds = 1000 // messages are constants: there are fewer, unless something is wrong
)

// repeats counts lines of one kind, that is with the same message, instead of writing them, when there are too many.
// zerolog's samplers see no message and forget what they leave out.
type repeats struct {
	log zerolog.Logger // one that leaves nothing out

	mu    sync.Mutex
	kinds map[string]*kind
}

// kind is one message.
type kind struct {
	sampler zerolog.BurstSampler
	level   zerolog.Level
	left    int         // out, since it was told last
	tells   *time.Timer // when it will be; nil while nothing is left out
}

// Run is called for each line before it is written.
func (r *repeats) Run(e *zerolog.Event, level zerolog.Level, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.kinds[message]
	if k == nil {
		if len(r.kinds) >= mostKinds {
			message = "" // they share one
		}
		if k = r.kinds[message]; k == nil {
			k = &kind{sampler: zerolog.BurstSampler{Burst: mostLines, Period: period}}
			r.kinds[message] = k
		}
	}
	if k.sampler.Sample(level) {
		return
	}
	e.Discard()
	k.level = level
	if k.left++; k.tells == nil {
		k.tells = time.AfterFunc(period, func() { r.tell(message) })
	}
}

// tell writes how much of a kind was left out.
func (r *repeats) tell(message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.kinds[message]
	if k.left == 0 {
		return // told already
	}
	r.log.WithLevel(k.level).Str("line", message).Int("times", k.left).Msg("suppressed repeated log line")
	k.tells.Stop()
	k.left, k.tells = 0, nil
}

// end tells everything.
func (r *repeats) end() {
	r.mu.Lock()
	var left []string
	for message, k := range r.kinds {
		if k.left > 0 {
			left = append(left, message)
		}
	}
	r.mu.Unlock()
	for _, message := range left {
		r.tell(message)
	}
}
