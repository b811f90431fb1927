package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// An embedded server is a NATS server in this process. It opens no port.
type embedded struct {
	nats *server.Server
	out  *outcry
}

func (e *embedded) shutdown() {
	e.nats.Shutdown()
	e.nats.WaitForShutdown()
}

// until is ctx that also ends when the server finds that it cannot write: it
// does not answer then.
func (e *embedded) until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(e.out.broken, cancel)
	return ctx, func() { stop(); cancel() }
}

func (s *Store) openFolder(ctx context.Context) (err error) {
	s.folder, err = claim(s.config.Dir, s.log)
	if err != nil {
		return err
	}
	s.replicas = 1
	if s.link, err = s.startServer(ctx); err != nil {
		s.folder.release()
		return err
	}
	if err = s.folder.opened(); err != nil {
		s.link.close()
		s.folder.release()
	}
	return err
}

func (s *Store) startServer(ctx context.Context) (*link, error) {
	out := newOutcry(s.log)
	ns, err := server.NewServer(&server.Options{
		ServerName: "statute", DontListen: true, NoSigs: true, NoLog: true, DisableJetStreamBanner: true,
		JetStream: true, StoreDir: s.config.Dir, SyncAlways: s.config.Sync != "interval", SyncInterval: s.config.rewrite,
		// The disk is the limit, and we look at it ourselves: see room.
		JetStreamMaxStore: 1 << 60, JetStreamMaxMemory: 32 << 20,
	})
	if err != nil {
		return nil, fmt.Errorf("start the embedded NATS server: %w", err)
	}
	ns.SetLoggerV2(out, false, false, false)
	l := &link{server: &embedded{ns, out}}
	ns.Start()
	if !ns.JetStreamEnabled() {
		l.close()
		return nil, fmt.Errorf("start the embedded NATS server in %s: %w", s.config.Dir, out.why())
	}
	if l.nc, err = nats.Connect("", nats.InProcessServer(ns), nats.Name("statute"), nats.Timeout(5*time.Second),
		nats.MaxReconnects(-1), nats.ReconnectBufSize(-1)); err != nil {
		l.close()
		return nil, fmt.Errorf("connect to the embedded NATS server: %w", err)
	}
	if l.js, err = jetstream.New(l.nc); err != nil {
		l.close()
		return nil, err
	}
	if err := s.meetStreams(ctx, l); err != nil {
		if why := out.why(); why != nil {
			err = fmt.Errorf("%w (the server said: %w)", err, why)
		}
		l.close()
		return nil, full(err)
	}
	return l, nil
}

// meetStreams makes the streams that must be made and looks whether the others
// hold what they held.
func (s *Store) meetStreams(ctx context.Context, l *link) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, st := range streams {
		there, err := l.js.Stream(ctx, st.name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			if s.folder.made {
				return s.folder.damaged("NATS did not find " + st.name + " in it")
			}
			_, err = l.js.CreateStream(ctx, st.config(1))
		}
		if err != nil {
			return fmt.Errorf("open %s: %w", st.name, plain(err))
		}
		if there == nil {
			continue
		}
		held := there.CachedInfo().State
		if err := s.folder.compare(st.name, state{held.Msgs, held.LastSeq}); err != nil {
			return err
		}
	}
	return nil
}

// closeFolder notes what the streams hold and ends the server.
func (s *Store) closeFolder() error {
	defer s.folder.release()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	held := map[string]state{}
	for _, st := range streams {
		there, err := s.link.js.Stream(ctx, st.name)
		if err != nil {
			s.link.close()
			return nil // as after a crash: the next Open reads everything
		}
		held[st.name] = state{there.CachedInfo().State.Msgs, there.CachedInfo().State.LastSeq}
	}
	sick := s.link.server.out.broken.Err() != nil
	s.link.close()
	if sick {
		return nil
	}
	if err := s.folder.closed(held); err != nil && !errors.Is(err, ErrFull) {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// room is ErrFull where a write of n octets would leave less of the disk free
// than the reserve. JetStream must never meet a full disk: it stops writing for
// good then. Deletions need room as well, so they may take half of the reserve.
func (s *Store) room(n int64) error {
	if s.folder == nil {
		return nil
	}
	left, err := free(s.folder.dir)
	if err != nil {
		return err
	}
	need := s.reserve.Load()
	if n == 0 {
		need /= 2
	}
	if left < need+n {
		return fmt.Errorf("%w: %d octets are left on the disk of %s and %d of them stay free", ErrFull, left, s.folder.dir, need)
	}
	return nil
}

// restartBroken starts the embedded server anew if it has stopped writing, once
// there is room again; until then it returns why not.
func (s *Store) restartBroken(l *link) error {
	if l == nil || l.server == nil || l.server.out.broken.Err() == nil {
		return nil
	}
	why := full(l.server.out.why())
	if err := s.room(0); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.link != l || s.closed.Load() {
		return nil // somebody else did
	}
	s.log.Warn("the embedded store stopped writing and is started anew", "error", why)
	l.close()
	next, err := s.startServer(context.Background())
	if err != nil {
		return fmt.Errorf("start the store anew after %w: %w", why, err)
	}
	s.link = next
	return nil
}

// An outcry hears what the embedded server logs: a server in a library says some
// of its errors nowhere else.
type outcry struct {
	log    *slog.Logger
	broken context.Context // ended when the server said that it cannot write
	end    context.CancelFunc

	mu    sync.Mutex
	heard []error // the first few warnings and errors
}

func newOutcry(log *slog.Logger) *outcry {
	o := &outcry{log: log}
	o.broken, o.end = context.WithCancel(context.Background())
	return o
}

func (o *outcry) hear(level slog.Level, format string, v []any) {
	text := fmt.Sprintf(format, v...)
	o.log.Log(context.Background(), level, "nats: "+text)
	if level < slog.LevelWarn {
		return
	}
	err := error(errors.New(text))
	if strings.Contains(text, "no space left") || strings.Contains(text, "quota exceeded") {
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken.Err() != nil {
		return // the first is the cause
	}
	if len(o.heard) < 4 {
		o.heard = append(o.heard, err)
	}
	for _, sign := range []string{"Critical write error", "failed to store a msg", "will be DISABLED", "disabling JetStream"} {
		if strings.Contains(text, sign) {
			o.heard = append(o.heard[:0], err)
			o.end()
		}
	}
}

// why is what was heard, nil if nothing.
func (o *outcry) why() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return errors.Join(o.heard...)
}

func (o *outcry) Noticef(format string, v ...any) { o.hear(slog.LevelDebug, format, v) }
func (o *outcry) Warnf(format string, v ...any)   { o.hear(slog.LevelWarn, format, v) }
func (o *outcry) Errorf(format string, v ...any)  { o.hear(slog.LevelError, format, v) }
func (o *outcry) Fatalf(format string, v ...any)  { o.hear(slog.LevelError, format, v) }
func (o *outcry) Debugf(format string, v ...any)  { o.hear(slog.LevelDebug, format, v) }
func (o *outcry) Tracef(format string, v ...any)  { o.hear(slog.LevelDebug, format, v) }
