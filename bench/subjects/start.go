package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/statute-http/statute/exam/subjects"
)

// lend starts a subject for whoever asks it questions of their own: what is
// declared of it, with its ports, is written as a line of JSON, and it ends when
// there is no more input. A proxy stands before the borrower's origin.
func lend(ctx context.Context, s *subjects.Subject, origin string, in io.Reader, out io.Writer) error {
	r, err := s.StartBefore(ctx, origin)
	if err != nil {
		return err
	}
	defer r.End()
	words := r.Declared()
	words["name"], words["version"] = r.Name, r.Version
	line, err := json.Marshal(words)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "%s\n", line); err != nil {
		return err
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		io.Copy(io.Discard, in)
	}()
	select {
	case <-gone:
	case <-ctx.Done():
	}
	return nil
}
