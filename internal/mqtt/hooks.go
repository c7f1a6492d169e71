package mqtt

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"sync/atomic"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// hooks is the broker's only rule (everyone, or one user, may do everything)
// and what keeps mochi's rough edges from our clients.
type hooks struct {
	mochi.HookBase
	broker         *Broker
	open           bool
	user, password [sha256.Size]byte

	// mochi reads its index of retained topics for a replay without the lock under which others write to it.
	retained  sync.RWMutex
	writing   sync.Map // *mochi.Client that holds it for writing
	replaying sync.Map // *mochi.Client that holds it for reading
}

func newHooks(b *Broker, user, password string) *hooks {
	return &hooks{broker: b, open: user == "", user: sha256.Sum256([]byte(user)), password: sha256.Sum256([]byte(password))}
}

func (g *hooks) ID() string { return "hooks" }

func (g *hooks) Provides(b byte) bool {
	return bytes.IndexByte([]byte{mochi.OnConnectAuthenticate, mochi.OnSessionEstablish, mochi.OnPacketRead, mochi.OnACLCheck,
		mochi.OnPublish, mochi.OnWill, mochi.OnRetainMessage, mochi.OnPacketSent, mochi.OnPacketProcessed}, b) >= 0
}

func (g *hooks) OnConnectAuthenticate(_ *mochi.Client, pk packets.Packet) bool {
	user, password := sha256.Sum256(pk.Connect.Username), sha256.Sum256(pk.Connect.Password)
	return g.open || subtle.ConstantTimeCompare(user[:], g.user[:])&subtle.ConstantTimeCompare(password[:], g.password[:]) == 1
}

// OnSessionEstablish comes after the login and before mochi looks for an older
// session of the same client.
func (g *hooks) OnSessionEstablish(cl *mochi.Client, _ packets.Packet) {
	g.broker.takeOver(cl.ID, cl.Net.Conn)
}

// OnPacketRead keeps mochi from refusing a SUBSCRIBE whose packet id equals
// that of a message on its way to the client: the two directions count their
// ids independently, mochi keeps one table. The message itself is sent already;
// only its acknowledgement is no longer waited for.
func (g *hooks) OnPacketRead(cl *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	switch pk.FixedHeader.Type {
	case packets.Subscribe, packets.Unsubscribe:
		if cl.State.Inflight.Delete(pk.PacketID) {
			cl.State.Inflight.IncreaseSendQuota()
			atomic.AddInt64(&g.broker.server.Info.Inflight, -1)
		}
	}
	return pk, nil
}

func (g *hooks) OnACLCheck(*mochi.Client, string, bool) bool { return true }

// OnPublish comes right before a message is retained, OnRetainMessage right after it.
func (g *hooks) OnPublish(cl *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	if pk.FixedHeader.Retain {
		g.write(cl)
	}
	return pk, nil
}

// OnWill is OnPublish for a will. A delayed one is retained later, without a hook.
func (g *hooks) OnWill(cl *mochi.Client, will mochi.Will) (mochi.Will, error) {
	if will.Retain && will.WillDelayInterval == 0 {
		g.write(cl)
	}
	return will, nil
}

func (g *hooks) write(cl *mochi.Client) {
	g.retained.Lock()
	g.writing.Store(cl, nil)
}

func (g *hooks) OnRetainMessage(cl *mochi.Client, _ packets.Packet, _ int64) {
	if _, held := g.writing.LoadAndDelete(cl); held {
		g.retained.Unlock()
	}
}

// OnPacketSent comes between the SUBACK and the replay, OnPacketProcessed after it.
func (g *hooks) OnPacketSent(cl *mochi.Client, pk packets.Packet, _ []byte) {
	if pk.FixedHeader.Type == packets.Suback {
		g.retained.RLock()
		g.replaying.Store(cl, nil)
	}
}

func (g *hooks) OnPacketProcessed(cl *mochi.Client, _ packets.Packet, _ error) {
	if _, held := g.replaying.LoadAndDelete(cl); held {
		g.retained.RUnlock()
	}
}
