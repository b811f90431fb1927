package store

import (
	"bytes"
	"errors"
	"log/slog"
	"syscall"
	"testing"
	"time"
)

// TestBound: a store takes no more than it was given, says so as a full disk
// would, and takes more when something has gone.
func TestBound(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: t.TempDir(), Most: 1 << 20, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put := func(octet byte, size int) error {
		_, _, err := s.PutContent(t.Context(), bytes.NewReader(bytes.Repeat([]byte{octet}, size)), 1<<30)
		return err
	}
	if err := put('a', 600_000); err != nil {
		t.Fatal(err)
	}
	if err := put('b', 600_000); !errors.Is(err, ErrFull) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("600,000 octets more in a store for 1 MiB: %v", err)
	}
	if _, _, err := s.Save(t.Context(), "key", bytes.Repeat([]byte("d"), 800_000), 0); !errors.Is(err, ErrFull) {
		t.Fatalf("a document of 800,000 octets more: %v", err)
	}
	// What was counted for the content that did not come about is found to be gone
	// when the streams are asked again.
	soon := func(octet byte, size int) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if err := put(octet, size); err == nil {
				return
			} else if !errors.Is(err, ErrFull) || time.Now().After(deadline) {
				t.Fatal(err)
			}
		}
	}
	soon('c', 200_000)
	if err := put('d', 200_000); !errors.Is(err, ErrFull) {
		t.Fatalf("content in the room that is for documents: %v", err)
	}
	revision, ok, err := s.Save(t.Context(), "key", bytes.Repeat([]byte("d"), 60_000), 0)
	if err != nil || !ok {
		t.Fatalf("a document when no content fits any more: %v %v", ok, err)
	}
	if ok, err := s.Remove(t.Context(), "key", revision); err != nil || !ok {
		t.Fatalf("to remove it: %v %v", ok, err)
	}
	if n, err := s.Sweep(t.Context(), -time.Second, func(string) (bool, error) { return false, nil }); err != nil || n != 2 {
		t.Fatalf("swept %d, %v", n, err)
	}
	soon('b', 600_000)
}
