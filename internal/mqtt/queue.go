package mqtt

import (
	"fmt"
	"runtime"
)

const (
	maxWaiting = 1 << 16 // messages not yet handed to paho
	maxUnacked = 1000    // far below the 65535 packet ids, at which paho fails
)

// stopHandover returns when the sender is out of paho for good. paho must still
// be running: a handover that finds it stopped would hang until writeTimeout.
func (s *session) stopHandover() {
	s.closeOnce.Do(func() { close(s.closing) })
	s.handover.Lock()
	defer s.handover.Unlock()
}

// push queues work for the sender.
func (s *session) push(do func()) error {
	select {
	case <-s.closing:
		return ErrNotConnected
	default:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) >= maxWaiting {
		return fmt.Errorf("%d messages are waiting: the broker takes no more", maxWaiting)
	}
	s.queue = append(s.queue, do)
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return nil
}

// send hands over what waits. Of what waits together the small messages are written together.
func (s *session) send() {
	defer close(s.senderDone)
	defer s.socket.uncork()
	for {
		select {
		case <-s.closing:
			return
		case <-s.wake:
		}
		runtime.Gosched() // who has woken us may have more
		s.socket.cork()
		for do := s.pop(); do != nil; do = s.pop() {
			if !s.roomForOne() {
				return
			}
			s.hand(do)
		}
		runtime.Gosched() // paho writes the last one on a goroutine of its own
		s.socket.uncork()
	}
}

func (s *session) pop() (do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.queue = nil // let go of the array
		return nil
	}
	do, s.queue[0] = s.queue[0], nil
	s.queue = s.queue[1:]
	return do
}

func (s *session) hand(do func()) {
	s.handover.Lock()
	defer s.handover.Unlock()
	select {
	case <-s.closing:
	default:
		do()
	}
}

// roomForOne forgets what was acknowledged and waits while too much is not.
func (s *session) roomForOne() bool {
	for len(s.unacked) > 0 {
		if len(s.unacked) < maxUnacked {
			if !s.unacked[0].done() {
				return true
			}
		} else {
			s.socket.uncork() // it may be among what waits
			select {
			case <-s.unacked[0].Done():
			case <-s.closing:
				return false
			}
			s.socket.cork()
		}
		if first := s.unacked[0]; first.acked() {
			s.acked = max(s.acked, first.Size)
		}
		s.unacked = s.unacked[1:]
	}
	return true
}
