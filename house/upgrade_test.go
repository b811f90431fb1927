package house_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

const handshake = "Host: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c3RhdHV0ZSdzIHNhbXBsZQ==\r\n\r\n"

// What is no handshake, and what it gets.
func TestNoHandshake(t *testing.T) {
	at := open(t).Address()
	without := func(line string) string {
		return "GET /lab/ws HTTP/1.1\r\n" + strings.Replace(handshake, line+"\r\n", "", 1)
	}
	instead := func(line, other string) string {
		return "GET /lab/ws HTTP/1.1\r\n" + strings.Replace(handshake, line, other, 1)
	}
	for _, q := range []struct {
		name, octets string
		want         status.Code
		reason       string
	}{
		{"a handshake", "GET /lab/ws HTTP/1.1\r\n" + handshake, 101, ""},
		{"in HTTP/1.0", "GET /lab/ws HTTP/1.0\r\n" + handshake, 426, "upgrade-required"},
		{"no Connection", without("Connection: keep-alive, Upgrade"), 426, "upgrade-required"},
		{"no Upgrade", without("Upgrade: h2c, WebSocket"), 426, "upgrade-required"},
		{"another protocol", instead("h2c, WebSocket", "h2c, IRC/6.9"), 426, "upgrade-required"},
		{"an older version", instead("13", "8"), 426, "websocket-version"},
		{"no version", without("Sec-WebSocket-Version: 13"), 400, "websocket-handshake"},
		{"no key", without("Sec-WebSocket-Key: c3RhdHV0ZSdzIHNhbXBsZQ=="), 400, "websocket-handshake"},
		{"a short key", instead("c3RhdHV0ZSdzIHNhbXBsZQ==", "dGVh"), 400, "websocket-handshake"},
		{"two keys", instead("Sec-WebSocket-Key", "Sec-WebSocket-Key: c3RhdHV0ZSdzIHNhbXBsZQ==\r\nSec-WebSocket-Key"), 400, "websocket-handshake"},
		{"by HEAD", "HEAD /lab/ws HTTP/1.1\r\n" + handshake, 400, ""},
		{"by POST", "POST /lab/ws HTTP/1.1\r\n" + handshake, 405, "method-not-allowed"},
		{"with much content", instead("Host: a", "Host: a\r\nContent-Length: 70000") + strings.Repeat("x", 70000), 413, "content-too-large"},
	} {
		c, err := peer.Dial(t.Context(), peer.Target{Protocol: wire.H1, Address: at})
		if err != nil {
			t.Fatal(err)
		}
		method, _, _ := strings.Cut(q.octets, " ")
		x, err := c.Do(t.Context(), &peer.Request{Method: method, Octets: []byte(q.octets)})
		c.Close()
		if err != nil || x.Final == nil || x.Final.Status != q.want {
			t.Errorf("%s: %v, %v, want %d", q.name, x.Statuses(), err, q.want)
			continue
		}
		var p wire.Problem
		if err := json.Unmarshal(x.Final.Content.Data, &p); q.reason != "" && (err != nil || p.Reason != q.reason) {
			t.Errorf("%s: %s (%v), want %s", q.name, x.Final.Content.Data, err, q.reason)
		}
		// RFC 9110 §15.5.22: whatever the reason of a 426, it says what would do.
		if named := x.Final.Fields.HasMember("Upgrade", "websocket") && x.Final.Fields.HasMember("Connection", "Upgrade"); named != (q.want == 426 || q.want == 101) {
			t.Errorf("%s: %d with Upgrade: %s, Connection: %s", q.name, q.want, x.Final.Fields.Get("Upgrade"), x.Final.Fields.Get("Connection"))
		}
	}
}

// RFC 9113 §8.6, RFC 9114 §4.5: no 101 over HTTP/2 and HTTP/3, and no Upgrade.
func TestNoUpgradeInFrames(t *testing.T) {
	h := open(t)
	for protocol, spec := range map[wire.Protocol]string{wire.H2: "RFC 9113 §8.6", wire.H3: "RFC 9114 §4.5"} {
		c, err := peer.Dial(t.Context(), peer.Target{Protocol: protocol, Address: h.Address(), TLS: h.Trust()})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		x, err := c.Do(t.Context(), &peer.Request{Path: "/lab/ws"})
		if err != nil {
			t.Fatal(err)
		}
		var p wire.Problem
		if err := json.Unmarshal(x.Answer().Content.Data, &p); err != nil || x.Answer().Status != 400 || p.Reason != "no-upgrade-here" || p.Spec != spec {
			t.Errorf("%s: %v %+v (%v)", protocol, x.Statuses(), p, err)
		}
		if x.Answer().Fields.Has("Upgrade") || x.Answer().Fields.Has("Connection") {
			t.Errorf("%s: %v", protocol, x.Answer().Fields)
		}
	}
}

// A step that claims another echo than the one that comes does not come true.
func TestEchoIsCompared(t *testing.T) {
	h := open(t)
	player := &play.Player{Address: h.Address(), TLS: h.Trust(), Patience: 2 * time.Second}
	i := slices.IndexFunc(stage.All, func(s stage.Scene) bool { return s.Code == 101 })
	for _, test := range []struct{ frames, echo string }{
		{"", "x"},
		{"", stage.All[i].Cue[0].Echo[:5]},
		{"\x81\x80\x00\x00\x00\x00", stage.All[i].Cue[0].Echo},
		{"\x81\x80\x00\x00\x00\x00", "\x81\x00"}, // no Close: the server goes on
	} {
		scene := stage.All[i]
		scene.Cue = slices.Clone(scene.Cue)
		scene.Cue[0].Echo = test.echo
		if test.frames != "" {
			scene.Cue[0].Frames = test.frames
		}
		p := player.Play(t.Context(), &scene, wire.H1)
		if p.True() || !strings.Contains(p.Err.Error(), "after the 101") {
			t.Errorf("%q for %q: %v", test.echo, test.frames, p.Err)
		}
	}
}

// An open WebSocket does not keep a house from closing; its client is told.
func TestShutdownWithWebSocket(t *testing.T) {
	h, served := openFor(t, serve.Limits{})
	c, err := peer.Dial(t.Context(), peer.Target{Protocol: wire.H1, Address: h.Address()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	x, err := c.Do(t.Context(), &peer.Request{Octets: []byte("GET /lab/ws HTTP/1.1\r\n" + handshake)})
	if err != nil || x.Answer().Status != http.StatusSwitchingProtocols {
		t.Fatal(x.Statuses(), err)
	}
	told := make(chan []byte, 1)
	go func() {
		frame := make([]byte, 4)
		n, _ := c.Read(frame)
		told <- frame[:n]
		c.Write([]byte("\x88\x82\x00\x00\x00\x00\x03\xe9")) // Close, for its part
	}()
	shutdown(t, h, served)
	// RFC 6455 §5.5.1, §7.4.1: a Close frame with code 1001.
	if frame := <-told; len(frame) < 4 || !bytes.Equal(frame[2:4], []byte{0x03, 0xe9}) || frame[0] != 0x88 {
		t.Errorf("the client is told %x", frame)
	}
}
