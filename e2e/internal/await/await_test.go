package await

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Signal
		n := 0
		go func() {
			for range 3 {
				time.Sleep(time.Second)
				s.Fire()
			}
		}()
		began := time.Now()
		err := s.Until(t.Context(), func() error {
			if n++; n < 3 {
				return errors.New("not yet")
			}
			return nil
		})
		if took := time.Since(began); err != nil || took != 2*time.Second {
			t.Errorf("Until: %v after %v, want nil after the second change", err, took)
		}
		synctest.Wait()
		time.Sleep(time.Minute) // let the last Fire come
	})
}

func TestUntilGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s Signal
		began := time.Now()
		err := s.Until(t.Context(), func() error { return errors.New("the door is shut") })
		if took := time.Since(began); took != Patience {
			t.Errorf("gave up after %v, want %v", took, Patience)
		}
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "the door is shut") {
			t.Errorf("error %v, want the deadline and what the condition said", err)
		}
	})
}
