package capture_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/wire"
)

// A disk is a writer that waits until it is told to go on.
type disk struct {
	bytes.Buffer
	free chan struct{}
	full error
}

func (d *disk) Write(p []byte) (int, error) {
	<-d.free
	if d.full != nil {
		return 0, d.full
	}
	return d.Buffer.Write(p)
}

// What finds the queue full is left out and counted; nobody waits for the disk.
func TestWriterWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{free: make(chan struct{})}
		w := capture.NewWriter(d)
		const put = 5000
		for range put {
			w.Put(full)
		}
		synctest.Wait() // the writer is at the disk, or has nothing to do
		close(d.free)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		entries, errs := all(t, d.String(), capture.Options{})
		if errs != nil || int64(len(entries))+w.LeftOut() != put || w.LeftOut() == 0 || len(entries) < 1024 {
			t.Errorf("%d written, %d left out, %v", len(entries), w.LeftOut(), errs)
		}
	})
}

func TestWriterTellsOfAFullDisk(t *testing.T) {
	full := errors.New("no space left")
	d := &disk{free: make(chan struct{}), full: full}
	close(d.free)
	w := capture.NewWriter(d)
	for range 100 {
		w.Put(&wire.Exchange{})
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Error(err)
	}
	if err := w.Close(); !errors.Is(err, full) {
		t.Error(err)
	}
}
