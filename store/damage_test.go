package store_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/statute-http/statute/store"
)

const (
	documentsDir = "jetstream/$G/streams/KV_statute_documents"
	contentDir   = "jetstream/$G/streams/KV_statute_content"
	partsDir     = "jetstream/$G/streams/statute_parts"
)

// filled makes a store with a few documents and contents, and closes it.
func filled(t *testing.T) (dir string, hashes []string) {
	t.Helper()
	dir = t.TempDir()
	s := openDir(t, dir)
	for i := range 20 {
		if _, ok, err := s.Save(t.Context(), fmt.Sprint("key/", i), []byte(strings.Repeat("document", 1000)), 0); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	hashes = []string{put(t, s, 1, 1000), put(t, s, 2, 3*part)}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, hashes
}

func spoil(t *testing.T, name string, f func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, f(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func flip(at float64) func([]byte) []byte {
	return func(data []byte) []byte {
		data[int(at*float64(len(data)))] ^= 0x10
		return data
	}
}

// What is wrong with a folder is said when it is opened, with the folder and
// what to do, and nothing in it is changed.
func TestDamagedFolder(t *testing.T) {
	crashed := func(t *testing.T, dir string) {
		if err := os.Remove(filepath.Join(dir, "clean")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
	}{
		{"a document's octet", func(t *testing.T, dir string) { spoil(t, filepath.Join(dir, documentsDir, "msgs/1.blk"), flip(0.5)) }},
		{"a document's octet, after a crash", func(t *testing.T, dir string) {
			crashed(t, dir)
			spoil(t, filepath.Join(dir, documentsDir, "msgs/1.blk"), flip(0.5))
		}},
		{"the first length", func(t *testing.T, dir string) { spoil(t, filepath.Join(dir, documentsDir, "msgs/1.blk"), flip(0)) }},
		{"the last document gone", func(t *testing.T, dir string) {
			spoil(t, filepath.Join(dir, documentsDir, "msgs/1.blk"), func(b []byte) []byte { return b[:len(b)-1] })
		}},
		{"all documents gone", func(t *testing.T, dir string) {
			spoil(t, filepath.Join(dir, documentsDir, "msgs/1.blk"), func([]byte) []byte { return nil })
		}},
		{"a part's octet, after a crash", func(t *testing.T, dir string) {
			crashed(t, dir)
			spoil(t, filepath.Join(dir, partsDir, "msgs/1.blk"), flip(0.5))
		}},
		{"the heads gone", func(t *testing.T, dir string) { os.RemoveAll(filepath.Join(dir, contentDir)) }},
		{"no meta", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, documentsDir, "meta.inf")) }},
		{"another meta", func(t *testing.T, dir string) { spoil(t, filepath.Join(dir, documentsDir, "meta.inf"), flip(0.5)) }},
		{"all of NATS gone", func(t *testing.T, dir string) { os.RemoveAll(filepath.Join(dir, "jetstream")) }},
		{"our mark", func(t *testing.T, dir string) { spoil(t, filepath.Join(dir, "statute-store"), flip(0.3)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := filled(t)
			c.spoil(t, dir)
			for range 2 { // and the second time the same
				s, err := store.Open(t.Context(), store.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
				if err == nil {
					s.Close()
					t.Fatal("it was opened")
				}
				if !errors.Is(err, store.ErrDamaged) || !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), dir) {
					t.Fatalf("the error is %v", err)
				}
			}
		})
	}
}

// A last record that was cut off is what a crash leaves; it was never acknowledged.
func TestTornTail(t *testing.T) {
	dir, hashes := filled(t)
	os.Remove(filepath.Join(dir, "clean"))
	spoil(t, filepath.Join(dir, documentsDir, "msgs/1.blk"), func(b []byte) []byte {
		return append(b, b[:500]...) // the beginning of one more
	})
	s := openDir(t, dir)
	keys, err := s.Keys(t.Context(), "", 100)
	if err != nil || len(keys) != 20 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	if _, err := s.OpenContent(t.Context(), hashes[1], 0); err != nil {
		t.Error(err)
	}
}

// Parts are not read when a folder that was left in good order is opened, so
// their damage shows when they are read; no octet of a bad part is handed out.
func TestDamagedContent(t *testing.T) {
	read := 0
	for _, at := range []float64{0, 0.2, 0.5, 0.7, 0.99} {
		dir, hashes := filled(t)
		spoil(t, filepath.Join(dir, partsDir, "msgs/1.blk"), flip(at))
		s, err := store.Open(t.Context(), store.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
		if errors.Is(err, store.ErrDamaged) {
			continue // NATS saw it already: a length was hit
		}
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		read++
		r, err := s.OpenContent(t.Context(), hashes[1], 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if !errors.Is(err, store.ErrDamaged) {
			t.Errorf("flipped at %v: read to octet %d: %v", at, len(got), err)
		}
		if want, _ := io.ReadAll(octets(2, 3*part)); !slices.Equal(got, want[:len(got)]) {
			t.Errorf("flipped at %v: wrong octets were handed out", at)
		}
		if r, err := s.OpenContent(t.Context(), hashes[0], 0); err != nil || hashOf(t, r) != hashes[0] {
			t.Errorf("the other content: %v", err)
		}
	}
	if read == 0 {
		t.Error("no damaged content was read")
	}
}

func TestRefusedFolder(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	foreign := t.TempDir()
	os.WriteFile(filepath.Join(foreign, "thesis.txt"), []byte("not yours"), 0o600)
	newer := t.TempDir()
	os.WriteFile(filepath.Join(newer, "statute-store"), []byte("statute store, format 2\n"), 0o600)
	used := t.TempDir()
	openDir(t, used)
	file := filepath.Join(foreign, "thesis.txt")
	for _, c := range []struct {
		name string
		c    store.Config
		want error
		text string
	}{
		{"a folder with other things", store.Config{Dir: foreign}, store.ErrForeign, "thesis.txt"},
		{"a newer format", store.Config{Dir: newer}, store.ErrForeign, newer},
		{"a folder in use", store.Config{Dir: used}, store.ErrInUse, used},
		{"a file", store.Config{Dir: file}, syscall.ENOTDIR, file},
		{"nothing", store.Config{}, nil, "either"},
		{"both", store.Config{Dir: used, URL: "nats://127.0.0.1:1"}, nil, "either"},
		{"a strange sync", store.Config{Dir: used, Sync: "never"}, nil, "always"},
	} {
		c.c.Log = quiet
		s, err := store.Open(t.Context(), c.c)
		if err == nil {
			s.Close()
			t.Errorf("%s: it was opened", c.name)
			continue
		}
		if c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(foreign, "jetstream")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("something was written to a foreign folder")
	}
}

// A folder whose making was cut off anywhere is made anew.
func TestMakingCutOff(t *testing.T) {
	for _, left := range []string{"", "lock", "statute-store.new"} {
		dir := t.TempDir()
		if left != "" {
			os.WriteFile(filepath.Join(dir, left), nil, 0o600)
		}
		openDir(t, dir).Close()
	}
	dir := t.TempDir()
	openDir(t, dir).Close()
	os.WriteFile(filepath.Join(dir, "statute-store"), []byte("statute store, format 1\n"), 0o600)
	os.RemoveAll(filepath.Join(dir, contentDir))
	os.Remove(filepath.Join(dir, "clean"))
	s := openDir(t, dir)
	put(t, s, 1, 10)
}

func TestReopened(t *testing.T) {
	for _, sync := range []string{"always", "interval"} {
		dir := t.TempDir()
		var revision uint64
		var hash string
		for range 3 {
			s := open(t, store.Config{Dir: dir, Sync: sync})
			doc, r, err := s.Load(t.Context(), "key")
			if err != nil || r != revision || r > 0 && string(doc) != sync {
				t.Fatalf("%q %d %v, want revision %d", doc, r, err, revision)
			}
			if revision, _, err = s.Save(t.Context(), "key", []byte(sync), revision); err != nil {
				t.Fatal(err)
			}
			if hash == "" {
				hash = put(t, s, 3, 2*part)
			}
			if c, err := s.OpenContent(t.Context(), hash, 0); err != nil || hashOf(t, c) != hash {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A store that is closed in the middle of calls loses nothing and is not taken
// for damaged when it is opened again.
func TestClosedWhileWriting(t *testing.T) {
	dir := t.TempDir()
	for range 5 {
		s := openDir(t, dir)
		var acked sync.Map
		var g sync.WaitGroup
		for w := range 8 {
			g.Go(func() {
				key := fmt.Sprint("key/", w)
				_, r, err := s.Load(t.Context(), key)
				for err == nil {
					r, _, err = s.Save(t.Context(), key, make([]byte, 1000), r)
					if err == nil {
						acked.Store(key, r)
					}
					if hash, _, err := s.PutContent(t.Context(), octets(byte(w), 2*part), 2*part); err == nil {
						s.DropContent(t.Context(), hash)
					}
				}
				if !errors.Is(err, fs.ErrClosed) {
					t.Error(err)
				}
			})
		}
		time.Sleep(200 * time.Millisecond)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		g.Wait()
		s = openDir(t, dir)
		acked.Range(func(key, r any) bool {
			if _, got, err := s.Load(t.Context(), key.(string)); err != nil || got != r {
				t.Errorf("%v: revision %d %v, want %d", key, got, err, r)
			}
			return true
		})
		s.Close()
	}
}
