package origin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/store/memory"
)

// everywhere is a plan in which documents may be put anywhere.
type everywhere struct{}

func (everywhere) At(*origin.World, string) *origin.Node {
	return &origin.Node{Policy: origin.Policy{Allow: []string{"GET", "PUT", "DELETE"}}}
}

// put stores a text in the world, and says whether it was stored.
func put(t *testing.T, w *origin.World, path, text string) error {
	t.Helper()
	n, err := w.Find(t.Context(), path)
	if err != nil {
		return err
	}
	blob, err := w.Keep(t.Context(), strings.NewReader(text), 1<<20)
	if err != nil {
		return err
	}
	_, err = w.Change(t.Context(), origin.Change{Path: path, Since: n.Version, Put: &origin.Variant{Tag: blob.Tag(), Blob: blob}})
	return err
}

func get(t *testing.T, w *origin.World, path string) string {
	t.Helper()
	n, err := w.Find(t.Context(), path)
	if err != nil || len(n.Variants) == 0 {
		return fmt.Sprint("nothing ", err)
	}
	r, err := n.Variants[0].Blob.Open(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestQuota(t *testing.T) {
	ws := &origin.Worlds{Store: memory.New(memory.Config{}), Plan: everywhere{}}
	w := ws.Open("w", "/w", 0)
	if err := w.Begin(t.Context(), 10, time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		path, text string
		want       error
	}{
		{"/w/a", "123456", nil},
		{"/w/b", "12345", origin.ErrNoRoom},
		{"/w/b", "1234", nil},
		{"/w/a", "1234567", origin.ErrNoRoom},
		{"/w/a", "12", nil},
		{"/w/c", "1234", nil},
	} {
		if err := put(t, w, step.path, step.text); !errors.Is(err, step.want) {
			t.Errorf("put %s %s: %v, want %v", step.path, step.text, err, step.want)
		}
	}
	if got := get(t, w, "/w/a"); got != "12" {
		t.Errorf("/w/a holds %q", got)
	}
}

// A shared world left idle is as new; one that is full forgets its oldest.
func TestSharedWorld(t *testing.T) {
	now := time.Now()
	ws := &origin.Worlds{Store: memory.New(memory.Config{}), Plan: everywhere{}, Most: 3, Now: func() time.Time { return now }}
	w := ws.Open("lab", "/lab", time.Minute)
	for _, name := range []string{"/lab/1", "/lab/2", "/lab/3", "/lab/4"} {
		if err := put(t, w, name, name); err != nil {
			t.Fatal(err)
		}
	}
	if got := get(t, w, "/lab/1") + get(t, w, "/lab/4"); got != "nothing <nil>/lab/4" {
		t.Errorf("got %s", got)
	}
	now = now.Add(2 * time.Minute)
	if got := get(t, w, "/lab/4"); got != "nothing <nil>" {
		t.Errorf("after a rest: got %s", got)
	}
}

// impatient is a store that does not wait an hour before it forgets content.
type impatient struct{ *memory.Store }

func (s impatient) Sweep(ctx context.Context, _ time.Duration, named func(string) (bool, error)) (int, error) {
	time.Sleep(5 * time.Millisecond)
	return s.Store.Sweep(ctx, time.Millisecond, named)
}

// Worlds whose time is over are swept, and only content that nobody names.
func TestSweep(t *testing.T) {
	now := time.Now()
	store := impatient{memory.New(memory.Config{})}
	ws := &origin.Worlds{Store: store, Plan: everywhere{}, Now: func() time.Time { return now }}
	short, long := ws.Open("world.short", "/s", 0), ws.Open("world.long", "/l", 0)
	short.Begin(t.Context(), -1, time.Hour)
	long.Begin(t.Context(), -1, 100*time.Hour)
	put(t, short, "/s/a", "short")
	put(t, long, "/l/a", "long")
	now = now.Add(2 * time.Hour)
	worlds, contents, err := ws.Sweep(t.Context(), "world.")
	if err != nil || worlds != 1 || contents != 1 {
		t.Errorf("swept %d worlds, %d contents, %v; want 1 and 1", worlds, contents, err)
	}
	if begun, err := short.Begun(t.Context()); begun || err != nil {
		t.Errorf("the short world is there: %v, %v", begun, err)
	}
	if got := get(t, long, "/l/a"); got != "long" {
		t.Errorf("the long world holds %q", got)
	}
}

// Writers to one world queue; each sees what the one before has done.
func TestWritersQueue(t *testing.T) {
	ws := &origin.Worlds{Store: memory.New(memory.Config{}), Plan: everywhere{}}
	w := ws.Open("w", "/w", 0)
	var writers sync.WaitGroup
	for i := range 50 {
		writers.Go(func() {
			if err := put(t, w, fmt.Sprintf("/w/%d", i), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	for i := range 50 {
		if got := get(t, w, fmt.Sprintf("/w/%d", i)); got != "x" {
			t.Errorf("/w/%d: %s", i, got)
		}
	}
}
