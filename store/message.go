package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A stream is one of the three that hold everything. The first two are laid out
// as NATS key-value buckets, so that `nats kv` can look at them.
type stream struct {
	name, prefix string
	history      int64 // messages of one subject; see the package comment
}

var (
	documents = stream{"KV_statute_documents", "$KV.statute_documents.", 64}
	contents  = stream{"KV_statute_content", "$KV.statute_content.", 64} // heads: by hash
	parts     = stream{"statute_parts", "statute.parts.", -1}            // by number of the content and of the part
)

var streams = []stream{documents, contents, parts}

func (s stream) config(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: s.name, Subjects: []string{s.prefix + ">"}, MaxMsgsPerSubject: s.history,
		Storage: jetstream.FileStorage, Replicas: replicas, AllowDirect: true, Duplicates: time.Second,
	}
}

// Fields of messages.
const (
	fieldChange = "Statute-Change"                      // marks one write, so that it is known again
	fieldAfter  = "Nats-Expected-Last-Subject-Sequence" // the revision that it replaces
	fieldGone   = "KV-Operation"                        // present: the key was removed
	fieldBlob   = "Statute-Blob"                        // the number under which the parts are
	fieldSize   = "Statute-Size"                        // octets of the content
)

// A record is a message as it is kept.
type record struct {
	subject string
	seq     uint64
	time    time.Time
	header  nats.Header
	data    []byte
}

func (r *record) gone() bool { return r == nil || r.header.Get(fieldGone) != "" }

// write, and read, keep doing one thing until it succeeds, fails for good, or
// the time for it is over.
func (s *Store) write(ctx context.Context, doing string, f func(context.Context, *link) error) error {
	return s.keep(ctx, doing, writeWithin, f)
}

func (s *Store) read(ctx context.Context, doing string, f func(context.Context, *link) error) error {
	return s.keep(ctx, doing, readWithin, f)
}

func (s *Store) keep(caller context.Context, doing string, limit time.Duration, f func(context.Context, *link) error) error {
	ctx, cancel := context.WithTimeout(caller, limit)
	defer cancel()
	pause := 50 * time.Millisecond
	for {
		var used *link
		err := s.use(func(l *link) error {
			used = l
			try, end := context.WithTimeout(ctx, limit/5)
			defer end()
			return plain(f(try, l))
		})
		if err == nil {
			s.down.Store(0)
			return nil
		}
		if caller.Err() != nil {
			return fmt.Errorf("%s: %w", doing, caller.Err())
		}
		if broken := s.restartBroken(used); broken != nil {
			return fmt.Errorf("%s: %w", doing, broken)
		}
		if !passing(err) {
			return fmt.Errorf("%s: %w", doing, err)
		}
		s.down.CompareAndSwap(0, time.Now().UnixNano())
		select {
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		case <-ctx.Done():
			if caller.Err() != nil {
				return fmt.Errorf("%s: %w", doing, caller.Err())
			}
			return &Unavailable{Doing: doing, After: s.retryAfter(), Err: err}
		}
	}
}

// Servers that lost their leader choose the next within 9 s (nats-server
// raft.go, maxElectionTimeout), and it needs a moment to be of use.
func (s *Store) retryAfter() time.Duration {
	const election = 10 * time.Second
	left := election - time.Since(time.Unix(0, s.down.Load()))
	if left <= 0 { // no mere election: a quorum is missing
		return election / 2
	}
	return max(left.Round(time.Second), time.Second)
}

// publish writes one message, once. A nil after writes whatever is there.
func (s *Store) publish(ctx context.Context, l *link, subject string, header nats.Header, data []byte, after *uint64) (uint64, error) {
	if err := s.room(int64(len(data))); err != nil {
		return 0, err
	}
	if err := s.bound(ctx, l, subject, int64(len(data))); err != nil {
		return 0, err
	}
	if after != nil {
		header.Set(fieldAfter, strconv.FormatUint(*after, 10))
	}
	msg := &nats.Msg{Subject: subject, Header: header, Data: data}
	if l.server != nil {
		var end context.CancelFunc
		ctx, end = l.server.until(ctx)
		defer end()
	}
	answer, err := l.nc.RequestMsgWithContext(ctx, msg)
	if err != nil && l.server != nil && l.server.out.broken.Err() != nil {
		return 0, full(l.server.out.why())
	}
	if err != nil {
		return 0, err
	}
	var ack struct {
		Seq   uint64   `json:"seq"`
		Error *refusal `json:"error"`
	}
	if err := json.Unmarshal(answer.Data, &ack); err != nil {
		return 0, fmt.Errorf("read the acknowledgement: %w", err)
	}
	if ack.Error != nil {
		return 0, ack.Error
	}
	if ack.Seq == 0 {
		return 0, errors.New("read the acknowledgement: it has no sequence number")
	}
	return ack.Seq, nil
}

// last returns the newest message of a subject, nil if there is none. Where
// there are copies, only the leader surely has the newest; any server will do
// for what never changes.
func (s *Store) last(ctx context.Context, l *link, st stream, subject string, anyServer bool) (*record, error) {
	get := getFromLeader
	if anyServer || s.replicas <= 1 {
		get = getDirect
	}
	r, err := get(ctx, l.nc, st, subject)
	if r != nil || err != nil {
		return r, err
	}
	// NATS says "not found" of a damaged message too, but still counts it.
	for range 3 {
		n, err := count(ctx, l.nc, st, subject)
		if n == 0 || err != nil {
			return nil, err
		}
		if r, err = getFromLeader(ctx, l.nc, st, subject); r != nil || err != nil {
			return r, err
		}
	}
	return nil, fmt.Errorf("%w: a message of %s is there but cannot be read", ErrDamaged, st.name)
}

func getDirect(ctx context.Context, nc *nats.Conn, st stream, subject string) (*record, error) {
	m, err := nc.RequestWithContext(ctx, "$JS.API.DIRECT.GET."+st.name+"."+subject, nil)
	if err != nil {
		return nil, err
	}
	switch status := m.Header.Get("Status"); status {
	case "":
	case "404":
		return nil, nil
	default:
		return nil, fmt.Errorf("NATS says %s: %s", status, m.Header.Get("Description"))
	}
	r := &record{subject: subject, header: m.Header, data: m.Data}
	if r.seq, err = strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64); err != nil {
		return nil, fmt.Errorf("read a message of %s: %w", st.name, err)
	}
	if r.time, err = time.Parse(time.RFC3339Nano, m.Header.Get("Nats-Time-Stamp")); err != nil {
		return nil, fmt.Errorf("read a message of %s: %w", st.name, err)
	}
	return r, nil
}

func getFromLeader(ctx context.Context, nc *nats.Conn, st stream, subject string) (*record, error) {
	var answer struct {
		Message struct {
			Seq  uint64    `json:"seq"`
			Hdrs []byte    `json:"hdrs"`
			Data []byte    `json:"data"`
			Time time.Time `json:"time"`
		} `json:"message"`
	}
	err := ask(ctx, nc, "STREAM.MSG.GET."+st.name, map[string]any{"last_by_subj": subject}, &answer)
	if r, ok := errors.AsType[*refusal](err); ok && r.Code == 404 && r.ErrCode == 10037 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := answer.Message
	r := &record{subject: subject, seq: m.Seq, time: m.Time, data: m.Data, header: nats.Header{}}
	if len(m.Hdrs) > 0 {
		if r.header, err = nats.DecodeHeadersMsg(m.Hdrs); err != nil {
			return nil, fmt.Errorf("read a message of %s: %w", st.name, err)
		}
	}
	return r, nil
}

// count is the number of messages that a stream believes to have of a subject.
func count(ctx context.Context, nc *nats.Conn, st stream, subject string) (uint64, error) {
	var answer struct {
		State struct {
			Subjects map[string]uint64 `json:"subjects"`
		} `json:"state"`
	}
	err := ask(ctx, nc, "STREAM.INFO."+st.name, map[string]any{"subjects_filter": subject}, &answer)
	return answer.State.Subjects[subject], err
}

// purge deletes the messages of a subject (or of all that the filter passes)
// before a sequence number; zero deletes all.
func (s *Store) purge(ctx context.Context, l *link, st stream, filter string, before uint64) error {
	if err := s.room(0); err != nil {
		return err
	}
	request := map[string]any{"filter": filter}
	if before > 0 {
		request["seq"] = before
	}
	return ask(ctx, l.nc, "STREAM.PURGE."+st.name, request, nil)
}

// ask puts a question to the JetStream API.
func ask(ctx context.Context, nc *nats.Conn, what string, request any, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	m, err := nc.RequestWithContext(ctx, "$JS.API."+what, body)
	if err != nil {
		return err
	}
	var failed struct {
		Error *refusal `json:"error"`
	}
	verb, _, _ := strings.Cut(what, "KV_")
	if err := json.Unmarshal(m.Data, &failed); err != nil {
		return fmt.Errorf("read the answer to %s: %w", verb, err)
	}
	if failed.Error != nil {
		return failed.Error
	}
	if answer == nil {
		return nil
	}
	if err := json.Unmarshal(m.Data, answer); err != nil {
		return fmt.Errorf("read the answer to %s: %w", verb, err)
	}
	return nil
}

// list calls each for the newest message, without its data, of every subject
// that the filter passes.
func (s *Store) list(ctx context.Context, l *link, st stream, filter string, each func(*record)) error {
	return fetch(ctx, l, st, filter, jetstream.DeliverLastPerSubjectPolicy, each)
}

// fetch calls each for the messages, without their data, of a stream.
func fetch(ctx context.Context, l *link, st stream, filter string, which jetstream.DeliverPolicy, each func(*record)) error {
	c, err := l.js.CreateConsumer(ctx, st.name, jetstream.ConsumerConfig{
		FilterSubjects: []string{filter}, DeliverPolicy: which, HeadersOnly: true,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: 30 * time.Second,
	})
	if err != nil {
		return err
	}
	defer func() {
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		l.js.DeleteConsumer(after, st.name, c.CachedInfo().Name)
	}()
	for left, last := c.CachedInfo().NumPending, uint64(0); left > 0; {
		batch, err := c.FetchNoWait(1000)
		if err != nil {
			return err
		}
		got := 0
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				return fmt.Errorf("list %s: %w", st.name, err)
			}
			if meta.Sequence.Consumer != last+1 {
				return nats.ErrTimeout // the connection dropped one: begin again
			}
			last = meta.Sequence.Consumer
			each(&record{subject: m.Subject(), seq: meta.Sequence.Stream, time: meta.Timestamp, header: m.Headers()})
			got, left = got+1, meta.NumPending
		}
		if err := batch.Error(); err != nil {
			return err
		}
		if got == 0 { // what was left has been replaced meanwhile, or the answer was lost
			info, err := c.Info(ctx)
			if err != nil {
				return err
			}
			left = info.NumPending
		}
	}
	return nil
}
