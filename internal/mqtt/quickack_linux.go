package mqtt

import (
	"net"
	"syscall"
)

// quickAck acknowledges what was read at once, instead of up to 40 ms later together with something of ours. Mosquitto leaves
// Nagle's algorithm on: it holds the next small message back until the last one is acknowledged, and every command would wait
// for that. Linux forgets the wish, so it is repeated after each read. https://man7.org/linux/man-pages/man7/tcp.7.html
func quickAck(conn net.Conn) {
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
		conn = wrapped.NetConn()
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) // slower without it, nothing worse
		})
	}
}
