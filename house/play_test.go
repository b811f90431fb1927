package house_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/site"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// post asks the site of a house for a play.
func post(ctx context.Context, h *house.House, scene, over, accept string) (*http.Response, error) {
	q, err := http.NewRequestWithContext(ctx, "POST", "http://"+h.Address()+"/play/"+scene, strings.NewReader("over="+over))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Accept", accept)
	return new(http.Transport).RoundTrip(q)
}

// TestPlays has the site play every scene over every protocol.
func TestPlays(t *testing.T) {
	h, served := openFor(t, serve.Limits{First: 300 * time.Millisecond, Head: 300 * time.Millisecond, Stall: 300 * time.Millisecond})
	t.Cleanup(func() { shutdown(t, h, served) })
	for _, scene := range stage.All {
		t.Run(fmt.Sprintf("%d/%s", scene.Code, scene.Name), func(t *testing.T) {
			t.Parallel()
			for _, over := range wire.Protocols {
				resp, err := post(t.Context(), h, fmt.Sprintf("%d/%s", scene.Code, scene.Name), string(over), "application/json")
				for err == nil && resp.StatusCode == 503 {
					resp.Body.Close()
					time.Sleep(20 * time.Millisecond) // no place yet
					resp, err = post(t.Context(), h, fmt.Sprintf("%d/%s", scene.Code, scene.Name), string(over), "application/json")
				}
				if err != nil {
					t.Fatal(err)
				}
				var p site.Performance
				content, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err := json.Unmarshal(content, &p); err != nil || resp.StatusCode != 200 {
					t.Fatalf("%d %s: %v", resp.StatusCode, content, err)
				}
				if !scene.Plays(over) {
					if p.OK != nil || p.Reason != scene.Only.En || len(p.Cue) > 0 {
						t.Errorf("over %s: it cannot be played, and the site says %s", over, content)
					}
					continue
				}
				if p.OK == nil || !*p.OK {
					t.Fatalf("over %s it did not come true: %s", over, p.Reason)
				}
				if want := statusesOf(scene.Cue); !slices.Equal(p.Cue, want) {
					t.Errorf("over %s the cue got %v, want %v", over, p.Cue, want)
				}
				if want := statusesOf(scene.Control); !slices.Equal(p.Control, want) {
					t.Errorf("over %s the control got %v, want %v", over, p.Control, want)
				}
				if len(p.Messages.Cue) != len(scene.Cue) || len(p.Messages.Control) != len(scene.Control) {
					t.Errorf("over %s the messages are not one a step", over)
				}
				last := p.Messages.Cue[len(p.Messages.Cue)-1]
				if !strings.Contains(last, "\n< ") && !strings.HasPrefix(last, "< ") || !strings.Contains(last, scene.Cue[len(scene.Cue)-1].Status.String()) {
					t.Errorf("over %s the last message of the cue shows no answer:\n%s", over, last)
				}
			}
		})
	}
}

func statusesOf(steps []stage.Step) []status.Code {
	var all []status.Code
	for _, s := range steps {
		all = append(append(all, s.Interim...), s.Status)
	}
	return all
}

// openFor opens a house for one test, which has to shut it down.
func openFor(t *testing.T, l serve.Limits) (h *house.House, served chan error) {
	t.Helper()
	h, err := house.Open(house.Config{Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	served = make(chan error, 1)
	go func() { served <- h.Serve() }()
	return h, served
}

func shutdown(t *testing.T, h *house.House, served chan error) {
	t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := h.Shutdown(ctx); err != nil {
		t.Errorf("shut down: %v", err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("shutting down took %v", took)
	}
}

// Plays are bounded: the ninth at a time is told when to come again, and a
// visitor who leaves gives the place back.
func TestPlaysAtOnce(t *testing.T) {
	h, served := openFor(t, serve.Limits{})
	defer shutdown(t, h, served)
	leave := make([]context.CancelFunc, 8)
	var first []*http.Response
	for i := range leave {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		leave[i] = cancel
		// The first half of the page comes while the scene is being played.
		resp, err := post(ctx, h, "408/not-a-word", "h1", "text/html")
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
		defer resp.Body.Close()
		first = append(first, resp)
	}
	half := make([]byte, 64<<10)
	n, err := io.ReadAtLeast(first[0].Body, half, 1)
	for !bytes.Contains(half[:n], []byte(`class="waiting"`)) && err == nil {
		var more int
		more, err = first[0].Body.Read(half[n:])
		n += more
	}
	if err != nil || bytes.Contains(half[:n], []byte("</html>")) {
		t.Errorf("a page that waits does not say so first: %v\n%s", err, half[:n])
	}
	resp, err := post(t.Context(), h, "404/never-stored", "h1", "text/html")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("the ninth play gets %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	leave[3]()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		resp, err := post(t.Context(), h, "404/never-stored", "h1", "application/json")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a visitor left, and the place is still taken")
		}
	}
}

// A house closes while a scene is being played in it, without waiting for it.
func TestShutdownDuringPlay(t *testing.T) {
	h, served := openFor(t, serve.Limits{})
	resp, err := post(t.Context(), h, "408/not-a-word", "h1", "text/html")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	shutdown(t, h, served)
	if content, _ := io.ReadAll(resp.Body); !bytes.Contains(content, []byte("It did not come true")) {
		t.Errorf("the visitor is not told:\n%s", content)
	}
}
