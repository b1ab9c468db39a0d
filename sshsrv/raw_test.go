package sshsrv_test

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// rawClient is an SSH client that says what it likes while it logs in, which no
// client library allows. It speaks just enough: curve25519 (RFC 8731) and
// AES-GCM (RFC 5647). It does not check the host key.
type rawClient struct {
	t         *testing.T
	conn      net.Conn
	r         *bufio.Reader
	sessionID []byte
	in        bool // the server let it in

	out, into half
}

// half is one direction's encryption; none before keys are exchanged.
type half struct {
	aead  cipher.AEAD
	nonce []byte
}

// next gives the nonce of this packet and counts on.
func (h *half) next() []byte {
	n := append([]byte(nil), h.nonce...)
	binary.BigEndian.PutUint64(h.nonce[4:], binary.BigEndian.Uint64(h.nonce[4:])+1)
	return n
}

// Message numbers (RFC 4250, 4256, 5656).
const (
	msgIgnored        = 4 // up to here: disconnect, ignore, unimplemented, debug
	msgServiceRequest = 5
	msgServiceAccept  = 6
	msgKexInit        = 20
	msgNewKeys        = 21
	msgKexECDHInit    = 30
	msgAuthRequest    = 50
	msgAuthFailure    = 51
	msgAuthSuccess    = 52
	msgKeyOK          = 60
	msgChannelOpen    = 90
	msgChannelOpened  = 91
	msgChannelRequest = 98
)

func newRawClient(t *testing.T, addr string) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	a := &rawClient{t: t, conn: conn, r: bufio.NewReader(conn)}
	a.exchangeKeys()
	a.write(packet(msgServiceRequest, "ssh-userauth"))
	a.readUntil(msgServiceAccept)
	return a
}

// packet marshals a message of strings, booleans and numbers.
func packet(kind byte, parts ...any) []byte {
	p := []byte{kind}
	for _, part := range parts {
		switch v := part.(type) {
		case string:
			p = append(binary.BigEndian.AppendUint32(p, uint32(len(v))), v...)
		case bool:
			p = append(p, map[bool]byte{true: 1}[v])
		case int:
			p = binary.BigEndian.AppendUint32(p, uint32(v))
		}
	}
	return p
}

func (a *rawClient) exchangeKeys() {
	a.t.Helper()
	const version = "SSH-2.0-raw"
	_, err := io.WriteString(a.conn, version+"\r\n")
	a.must(err)
	theirs, err := a.r.ReadString('\n')
	a.must(err)

	mine := append([]byte{msgKexInit}, make([]byte, 16)...)
	mine = append(mine, packet(0, "curve25519-sha256", "ssh-ed25519", "aes128-gcm@openssh.com", "aes128-gcm@openssh.com",
		"", "", "none", "none", "", "", false, 0)[1:]...)
	a.write(mine)
	init := a.readUntil(msgKexInit)

	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	a.must(err)
	public := string(private.PublicKey().Bytes())
	a.write(packet(msgKexECDHInit, public))
	var reply struct {
		HostKey   string `sshtype:"31"`
		Public    string
		Signature string
	}
	a.must(gossh.Unmarshal(a.readUntil(31), &reply))
	peer, err := ecdh.X25519().NewPublicKey([]byte(reply.Public))
	a.must(err)
	shared, err := private.ECDH(peer)
	a.must(err)

	k := gossh.Marshal(struct{ K *big.Int }{new(big.Int).SetBytes(shared)})
	h := sha256.Sum256(append(packet(0, version, strings.TrimRight(theirs, "\r\n"), string(mine), string(init),
		reply.HostKey, public, reply.Public)[1:], k...))
	a.sessionID = h[:]
	a.write([]byte{msgNewKeys})
	a.readUntil(msgNewKeys)
	a.out = a.derive(k, 'A', 'C')
	a.into = a.derive(k, 'B', 'D')
}

// derive makes one direction's keys (RFC 4253, section 7.2).
func (a *rawClient) derive(k []byte, iv, key byte) half {
	sum := func(letter byte) []byte {
		h := sha256.New()
		h.Write(k)
		h.Write(a.sessionID)
		h.Write([]byte{letter})
		h.Write(a.sessionID)
		return h.Sum(nil)
	}
	block, err := aes.NewCipher(sum(key)[:16])
	a.must(err)
	aead, err := cipher.NewGCM(block)
	a.must(err)
	return half{aead, sum(iv)[:12]}
}

func (a *rawClient) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *rawClient) write(payload []byte) {
	a.t.Helper()
	block, head := 16, 0
	if a.out.aead == nil {
		block, head = 8, 4 // the length counts in
	}
	pad := block - (head+1+len(payload))%block
	if pad < 4 {
		pad += block
	}
	body := append([]byte{byte(pad)}, payload...)
	body = append(body, make([]byte, pad)...)
	length := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	if a.out.aead != nil {
		body = a.out.aead.Seal(nil, a.out.next(), body, length)
	}
	_, err := a.conn.Write(append(length, body...))
	a.must(err)
}

// read gives the next message; nil when the server has hung up.
func (a *rawClient) read() []byte {
	a.t.Helper()
	length := make([]byte, 4)
	if _, err := io.ReadFull(a.r, length); err != nil {
		return nil
	}
	body := make([]byte, binary.BigEndian.Uint32(length))
	if a.into.aead != nil {
		body = make([]byte, len(body)+a.into.aead.Overhead())
	}
	if _, err := io.ReadFull(a.r, body); err != nil {
		return nil
	}
	if a.into.aead != nil {
		var err error
		body, err = a.into.aead.Open(nil, a.into.next(), body, length)
		a.must(err)
	}
	return body[1 : len(body)-int(body[0])]
}

// readUntil skips to a message of one of the kinds.
func (a *rawClient) readUntil(kinds ...byte) []byte {
	a.t.Helper()
	for {
		m := a.read()
		if m == nil {
			a.t.Fatal("the server hung up")
		}
		for _, k := range kinds {
			if m[0] == k {
				return m
			}
		}
	}
}

// try sends a log-in attempt and notes whether it let the client in.
func (a *rawClient) try(request []byte) (answer byte) {
	a.t.Helper()
	a.write(request)
	m := a.readUntil(msgAuthFailure, msgAuthSuccess, msgKeyOK)
	a.in = m[0] == msgAuthSuccess
	return m[0]
}

func (a *rawClient) none(user string) byte {
	a.t.Helper()
	return a.try(packet(msgAuthRequest, user, "ssh-connection", "none"))
}

func (a *rawClient) password(user, password string) byte {
	a.t.Helper()
	return a.try(packet(msgAuthRequest, user, "ssh-connection", "password", false, password))
}

// offer asks whether a key would do.
func (a *rawClient) offer(user string, key gossh.Signer) byte {
	a.t.Helper()
	return a.try(packet(msgAuthRequest, user, "ssh-connection", "publickey", false, "ssh-ed25519", string(key.PublicKey().Marshal())))
}

// sign proves that it has the key, for the user named here.
func (a *rawClient) sign(user string, key gossh.Signer) byte {
	a.t.Helper()
	request := packet(msgAuthRequest, user, "ssh-connection", "publickey", true, "ssh-ed25519", string(key.PublicKey().Marshal()))
	sig, err := key.Sign(rand.Reader, append(packet(0, string(a.sessionID))[1:], request...))
	a.must(err)
	return a.try(append(request, packet(0, string(gossh.Marshal(sig)))[1:]...))
}

// exec opens a session and starts a command, or asks for a subsystem, in it.
func (a *rawClient) exec(request, what string) {
	a.t.Helper()
	a.write(packet(msgChannelOpen, "session", 0, 1<<20, 1<<15))
	var opened struct {
		Mine   uint32 `sshtype:"91"`
		Theirs uint32
		Window uint32
		Packet uint32
	}
	a.must(gossh.Unmarshal(a.readUntil(msgChannelOpened), &opened))
	a.write(packet(msgChannelRequest, int(opened.Theirs), request, false, what))
}
