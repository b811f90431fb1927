package house_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/needs"
	"github.com/statute-http/statute/wire"
)

var statusSaid = regexp.MustCompile(`http: stream 0x0 \[:status: ([0-9]+)\]`)

// TestEarlyDataByOthers has a client that others wrote send a PUT in early data,
// over the same relay, and believes what that client says it got.
func TestEarlyDataByOthers(t *testing.T) {
	client := needs.Program(t, "gtlsclient", "ngtcp2-client")
	answered := make(chan *wire.Exchange, 16)
	h, err := house.Open(house.Config{Tap: func(x *wire.Exchange) { answered <- x }})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- h.Serve() }()
	defer shutdown(t, h, served)
	way := newRelay(t, h.Address())
	host, port, err := net.SplitHostPort(way.address())
	if err != nil {
		t.Fatal(err)
	}
	content := filepath.Join(t.TempDir(), "tea")
	if err := os.WriteFile(content, []byte("tea"), 0o600); err != nil {
		t.Fatal(err)
	}
	session := filepath.Join(t.TempDir(), "session")
	put := func() (status string) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		out, err := exec.CommandContext(ctx, client, "--exit-on-all-streams-close", "--no-quic-dump", "--timeout=10s",
			"--session-file="+session, "--tp-file="+session+".tp",
			"--http-method=PUT", "--data="+content, host, port, "https://"+way.address()+"/lab/depot/judged").CombinedOutput()
		m := statusSaid.FindSubmatch(out)
		if m == nil {
			t.Errorf("gtlsclient got no answer (%v):\n%s", err, out)
			return ""
		}
		return string(m[1])
	}
	if got := put(); got != "201" {
		t.Fatalf("with no session: got %s, want 201", got)
	}
	<-answered

	way.hold()
	status := make(chan string, 1)
	go func() { status <- put() }()
	select {
	case x := <-answered:
		if !x.Conn.EarlyData {
			t.Error("the server did not see early data")
		}
	case <-time.After(10 * time.Second):
		t.Error("the server did not answer before the handshake was complete")
	}
	way.release()
	if got := <-status; got != "425" {
		t.Errorf("in early data: got %s, want 425", got)
	}
	if err := os.Remove(session); err != nil {
		t.Fatal(err)
	}
	if got := put(); got != "204" {
		t.Errorf("again, without early data: got %s, want 204", got)
	}
}
