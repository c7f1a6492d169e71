package mqtt

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// pieces is a socket that remembers how it was written to.
type pieces struct {
	net.Conn
	written []string
}

func (p *pieces) Write(b []byte) (int, error) {
	p.written = append(p.written, string(b))
	return len(b), nil
}

func (p *pieces) SetWriteDeadline(time.Time) error { return nil }

// Corked, small writes wait for each other and go out as one, in order; what is much does not wait.
func TestCork(t *testing.T) {
	socket := &pieces{}
	l := newSocket(socket, func() {})
	write := func(text string) {
		if n, err := l.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("Write: %d, %v", n, err)
		}
	}
	write("alone")
	l.cork()
	write("a")
	write("b")
	if len(socket.written) != 1 {
		t.Errorf("nothing waits: %q", socket.written)
	}
	l.uncork()
	l.uncork() // nothing is left
	write("c")
	l.cork()
	write("d")
	much := strings.Repeat("m", mostCorked)
	write(much)
	write("e")
	l.uncork()
	if want := []string{"alone", "ab", "c", "d" + much, "e"}; !slices.Equal(socket.written, want) {
		t.Errorf("written %q, want %q", socket.written, want)
	}
}
