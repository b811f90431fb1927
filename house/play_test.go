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
	"sync"
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

// TestPlays has the site play every scene over every protocol, as many at once
// as it has places for.
func TestPlays(t *testing.T) {
	h, served := openFor(t, serve.Limits{First: time.Second, Head: time.Second, Stall: time.Second})
	defer shutdown(t, h, served)
	places := make(chan struct{}, 8)
	var plays sync.WaitGroup
	for i := range stage.All {
		for _, over := range wire.Protocols {
			places <- struct{}{}
			plays.Go(func() {
				defer func() { <-places }()
				if err := holds(t.Context(), h, &stage.All[i], over); err != nil {
					t.Errorf("%d/%s over %s: %v", stage.All[i].Code, stage.All[i].Name, over, err)
				}
			})
		}
	}
	plays.Wait()
}

// holds says what of the site's answer about a play is not as the scene has it.
func holds(ctx context.Context, h *house.House, scene *stage.Scene, over wire.Protocol) error {
	resp, err := post(ctx, h, fmt.Sprintf("%d/%s", scene.Code, scene.Name), string(over), "application/json")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var p site.Performance
	if err := json.Unmarshal(content, &p); err != nil || resp.StatusCode != 200 {
		return fmt.Errorf("%d %s (%v)", resp.StatusCode, content, err)
	}
	if !scene.Plays(over) {
		if p.OK != nil || p.Reason != scene.Only.En || len(p.Cue) > 0 {
			return fmt.Errorf("it cannot be played, and the site says %s", content)
		}
		return nil
	}
	if p.OK == nil || !*p.OK {
		return fmt.Errorf("it did not come true: %s", p.Reason)
	}
	if want := statusesOf(scene.Cue); !slices.Equal(p.Cue, want) {
		return fmt.Errorf("the cue got %v, want %v", p.Cue, want)
	}
	if want := statusesOf(scene.Control); !slices.Equal(p.Control, want) {
		return fmt.Errorf("the control got %v, want %v", p.Control, want)
	}
	if len(p.Messages.Cue) != len(scene.Cue) || len(p.Messages.Control) != len(scene.Control) {
		return fmt.Errorf("the messages are not one a step: %s", content)
	}
	last := "\n" + p.Messages.Cue[len(p.Messages.Cue)-1]
	if want := scene.Cue[len(scene.Cue)-1].Status.String(); !strings.Contains(last, "\n< HTTP/1.1 "+want) && !strings.Contains(last, "\n< :status: "+want) {
		return fmt.Errorf("the last message of the cue does not show %s:%s", want, last)
	}
	return nil
}

// statusesOf returns the statuses that steps get, interim ones too.
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
	return openWith(t, house.Config{Limits: l})
}

// openAt opens a house with a data folder.
func openAt(t *testing.T, data string) (h *house.House, served chan error) {
	t.Helper()
	return openWith(t, house.Config{Data: data})
}

func openWith(t *testing.T, c house.Config) (h *house.House, served chan error) {
	t.Helper()
	h, err := house.Open(c)
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
