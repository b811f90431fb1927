package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A Sessioned subject keeps what it has between orders by the name of a session,
// for [ServeAdapter].
type Sessioned interface {
	Subject
	// Continue carries one order out in the session with that name; End ends it.
	Continue(ctx context.Context, session string, o *Order) Report
	End(session string)
}

// ServeAdapter is the other end of the protocol: it makes an adapter of a
// subject that is part of this program. It returns when in ends.
func ServeAdapter(ctx context.Context, in io.Reader, out io.Writer, subject Sessioned) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	write := json.NewEncoder(out)
	for lines.Scan() {
		m := new(toAdapter)
		if err := json.Unmarshal(lines.Bytes(), m); err != nil {
			return fmt.Errorf("read a line of the exam's: %w", err)
		}
		var answer *fromAdapter
		switch {
		case m.Hello > 0:
			answer = helloOf(subject)
		case m.End != "":
			subject.End(m.End)
			continue
		default:
			o := m.order()
			r := subject.Continue(ctx, m.Session, &o)
			answer = reportTo(m.ID, &r)
		}
		if err := write.Encode(answer); err != nil {
			return fmt.Errorf("write to the exam: %w", err)
		}
	}
	return lines.Err()
}

// helloOf is how a subject greets.
func helloOf(subject Subject) *fromAdapter {
	about := subject.About()
	hello := &fromAdapter{Hello: protocolVersion, Subject: about.Name, Version: about.Version, Options: about.Options}
	for c, can := range subject.Can() {
		if can {
			hello.Caps = append(hello.Caps, c)
		}
	}
	slices.Sort(hello.Caps)
	return hello
}
