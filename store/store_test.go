package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/minio/highwayhash"
	"github.com/nats-io/nats.go"
)

func openHere(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func noise(seed byte, n int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{seed}), n)
}

// A write whose answer was lost is tried again with the same header.
func TestLostAnswer(t *testing.T) {
	s, ctx := openHere(t), t.Context()
	l := s.link
	subject, _ := subjectOf("key")
	swap := func(h nats.Header, doc string, after uint64) (uint64, bool, error) {
		return s.swap(ctx, l, documents, subject, h, []byte(doc), after)
	}
	ours := nats.Header{}
	one, ok, err := swap(ours, "one", 0)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if again, ok, err := swap(ours, "one", 0); !ok || err != nil || again != one {
		t.Errorf("written, tried again: %d %v %v, want %d", again, ok, err, one)
	}
	// Somebody replaced ours: nobody can say whether it was there.
	two, ok, err := swap(nats.Header{}, "two", one)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, _, err := swap(ours, "one", 0); !errors.Is(err, ErrUncertain) {
		t.Errorf("written, replaced, tried again: %v", err)
	}
	// Never written, and somebody else took the same revision: surely lost.
	lost := nats.Header{fieldChange: {"never sent"}}
	if _, ok, err := swap(lost, "lost", one); ok || err != nil {
		t.Errorf("never written, tried again: %v %v", ok, err)
	}
	// Written and then removed by somebody.
	if ok, err := s.Remove(ctx, "key", two); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if _, _, err := swap(ours, "one", 0); !errors.Is(err, ErrUncertain) {
		t.Errorf("written, removed, tried again: %v", err)
	}
	if doc, r, err := s.Load(ctx, "key"); doc != nil || r != 0 || err != nil {
		t.Errorf("what was removed came back: %q %d %v", doc, r, err)
	}
}

// Neither refused nor doubled content leaves parts behind, and nor do revisions.
func TestNothingLeftBehind(t *testing.T) {
	s, ctx := openHere(t), t.Context()
	cut := errors.New("cut off")
	if _, _, err := s.PutContent(ctx, io.MultiReader(noise(1, 5*partSize), iotest.ErrReader(cut)), MaxContent); err != cut {
		t.Fatal(err)
	}
	if _, _, err := s.PutContent(ctx, noise(1, 5*partSize), 4*partSize); !errors.Is(err, ErrTooLarge) {
		t.Fatal(err)
	}
	var hash string
	for range 2 {
		var err error
		if hash, _, err = s.PutContent(ctx, noise(2, 3*partSize), MaxContent); err != nil {
			t.Fatal(err)
		}
	}
	var r uint64
	for range 100 {
		next, ok, err := s.Save(ctx, "key", nil, r)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		r = next
	}
	messages := func(st stream) uint64 {
		t.Helper()
		l := s.link
		there, err := l.js.Stream(ctx, st.name)
		if err != nil {
			t.Fatal(err)
		}
		return there.CachedInfo().State.Msgs
	}
	s.trims.round(ctx, s)
	for _, c := range []struct {
		st   stream
		want uint64
	}{{parts, 3}, {contents, 1}, {documents, 1}} {
		if got := messages(c.st); got != c.want {
			t.Errorf("%s has %d messages, want %d", c.st.name, got, c.want)
		}
	}
	if err := s.DropContent(ctx, hash); err != nil {
		t.Fatal(err)
	}
	if ok, err := s.Remove(ctx, "key", r); !ok || err != nil {
		t.Fatal(ok, err)
	}
	s.trims.round(ctx, s)
	for _, c := range []struct {
		st   stream
		want uint64 // marks, as long as JetStream has not rewritten its blocks
	}{{parts, 0}, {contents, 1}, {documents, 1}} {
		if got := messages(c.st); got != c.want {
			t.Errorf("all was dropped, and %s has %d messages, want %d", c.st.name, got, c.want)
		}
	}
}

// Marks stay exactly as long as there is something older on the disk.
func TestTidy(t *testing.T) {
	ctx := t.Context()
	s, err := Open(ctx, Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), rewrite: 500 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	const keys = 24 // of 800 kB each fill two blocks and a part of a third
	for i := range keys {
		r, ok, err := s.Save(ctx, fmt.Sprint("key/", i), make([]byte, 800_000), 0)
		if !ok || err != nil {
			t.Fatal(ok, err)
		}
		if ok, err := s.Remove(ctx, fmt.Sprint("key/", i), r); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if _, ok, err := s.Save(ctx, "stays", nil, 0); !ok || err != nil {
		t.Fatal(ok, err)
	}
	s.trims.round(ctx, s)
	dir, marks := s.folder.stream(documents), map[string]uint64{}
	err = s.list(ctx, s.link, documents, documents.prefix+">", func(r *record) {
		if r.gone() {
			marks[r.subject] = r.seq
		}
	})
	if err != nil || len(marks) != keys {
		t.Fatalf("%d marks, %v, want %d", len(marks), err, keys)
	}
	// JetStream rewrites all blocks but the last one.
	var older map[string]bool
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if older, err = survey(dir, marks); err != nil || time.Now().After(deadline) {
			t.Fatalf("%d of %d marks have something older, %v", len(older), keys, err)
		}
		if len(older) < keys/2 {
			break
		}
	}
	if err := s.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	still, err := survey(dir, marks) // more may have been rewritten during tidy
	if err != nil || len(still) == 0 {
		t.Fatalf("nothing older is left, and the test shows nothing; %v", err)
	}
	for subject, mark := range marks {
		n, err := count(ctx, s.link.nc, documents, subject)
		if err != nil || still[subject] && n != 1 || !older[subject] && n != 0 {
			t.Errorf("the mark at %d of %s: something older was left %v, is left %v; %d messages are there, %v",
				mark, subject, older[subject], still[subject], n, err)
		}
	}
	if got, err := s.Keys(ctx, "", 1000); err != nil || len(got) != 1 {
		t.Errorf("%q %v", got, err)
	}
}

// What an upload left that never came to its end is swept away; one that still
// goes on is not.
func TestAbandonedUpload(t *testing.T) {
	s, ctx := openHere(t), t.Context()
	up := upload{store: s, ctx: ctx, sum: discardSum{io.Discard}}
	if err := up.take(noise(1, 2*partSize), MaxContent); err != nil {
		t.Fatal(err)
	}
	none := func(string) (bool, error) { return false, nil }
	there := func() uint64 {
		l := s.link
		n, err := count(ctx, l.nc, parts, partSubject(up.blob, 0))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if _, err := s.Sweep(ctx, 0, none); err != nil || there() != 1 {
		t.Errorf("an upload that goes on was swept: %v", err)
	}
	s.uploads.Delete(up.blob) // as if another process had died
	if _, err := s.Sweep(ctx, time.Hour, none); err != nil || there() != 1 {
		t.Errorf("a young upload was swept: %v", err)
	}
	if _, err := s.Sweep(ctx, 0, none); err != nil || there() != 0 {
		t.Errorf("an abandoned upload was not swept: %v", err)
	}
}

type discardSum struct{ io.Writer }

func (discardSum) Sum(b []byte) []byte { return b }

// Those who wait for a key are bounded in number and in time.
func TestQueue(t *testing.T) {
	var q queue
	first, err := q.enter(t.Context(), "key")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range maxQueue - 1 {
		waiting.Go(func() {
			if _, err := q.enter(ctx, "key"); !errors.Is(err, context.Canceled) {
				t.Errorf("waited until cancelled: %v", err)
			}
		})
	}
	for full := false; !full; time.Sleep(time.Millisecond) {
		q.mu.Lock()
		full = q.lines["key"].users == maxQueue
		q.mu.Unlock()
	}
	_, err = q.enter(t.Context(), "key")
	if u, ok := errors.AsType[*Unavailable](err); !ok || !u.Temporary() || u.RetryAfter() < time.Second {
		t.Errorf("one too many: %v", err)
	}
	other, err := q.enter(t.Context(), "other")
	if err != nil {
		t.Errorf("another key: %v", err)
	}
	q.leave("other", other)
	cancel()
	waiting.Wait()
	q.leave("key", first)
	if len(q.lines) != 0 {
		t.Errorf("%d lines are left", len(q.lines))
	}
}

func TestRetryAfter(t *testing.T) {
	var s Store
	for _, c := range []struct{ since, least, most time.Duration }{
		{0, 9 * time.Second, 10 * time.Second},
		{7 * time.Second, 2 * time.Second, 3 * time.Second},
		{9900 * time.Millisecond, time.Second, time.Second},
		{time.Minute, 5 * time.Second, 5 * time.Second},
	} {
		s.down.Store(time.Now().Add(-c.since).UnixNano())
		if got := s.retryAfter(); got < c.least || got > c.most {
			t.Errorf("down for %v: %v, want %v to %v", c.since, got, c.least, c.most)
		}
	}
}

func TestRedact(t *testing.T) {
	got := redact("nats://me:secret@a:4222,nats://b, tls://token@c,:")
	if strings.Contains(got, "secret") || !strings.Contains(got, "a:4222") || !strings.Contains(got, "b") {
		t.Error(got)
	}
}

func FuzzKey(f *testing.F) {
	for _, key := range []string{"a", "a/b", "/", "//", "a=b", "*.>", "\x00\xff", "w/1/é"} {
		f.Add(key, "a/")
	}
	f.Fuzz(func(t *testing.T, key, prefix string) {
		subject, err := subjectOf(key)
		if err != nil {
			if key != "" && len(key) <= MaxKey {
				t.Fatal(err)
			}
			return
		}
		if strings.ContainsAny(subject[len(documents.prefix):], "*> \t\r\n\x00$") || strings.Contains(subject, "..") || strings.HasSuffix(subject, ".") {
			t.Fatalf("%q becomes the subject %q", key, subject)
		}
		if back, ok := keyOf(subject); !ok || back != key {
			t.Fatalf("%q comes back as %q", key, back)
		}
		if strings.HasPrefix(key, prefix) && !strings.HasPrefix(subject, strings.TrimSuffix(filterOf(prefix), ">")) {
			t.Fatalf("%q has the prefix %q, but %q does not pass %q", key, prefix, subject, filterOf(prefix))
		}
	})
}

func FuzzKeyOf(f *testing.F) {
	f.Add("a.=2F")
	f.Fuzz(func(t *testing.T, tokens string) {
		keyOf(documents.prefix + tokens) // must not panic
	})
}

func FuzzRecord(f *testing.F) {
	f.Add(make([]byte, 64))
	f.Add([]byte("\x28\x00\x00\x80345678901234567890\x03\x00subj4444hd12345678"))
	h, err := highwayhash.New64(make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := wholeRecord(data, h); n < 0 || n > len(data) {
			t.Fatalf("a record of %d octets in %d", n, len(data))
		}
		scanBlock(data, h)
		followed(data, h)
	})
}
