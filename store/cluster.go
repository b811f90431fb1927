package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// openCluster connects to NATS servers elsewhere and makes the streams there if
// they are missing.
func (s *Store) openCluster(ctx context.Context) error {
	nc, err := s.dial(ctx)
	if err != nil {
		return err
	}
	s.link = &link{nc: nc}
	if most := nc.MaxPayload(); most < 1<<20 {
		nc.Close()
		return fmt.Errorf("the servers of %s take messages of %d octets; set max_payload to 1MB or more", redact(s.config.URL), most)
	}
	if s.link.js, err = jetstream.New(nc); err != nil {
		nc.Close()
		return err
	}
	s.replicas = s.config.Replicas
	if s.replicas == 0 {
		s.replicas = 1
		if nc.ConnectedClusterName() != "" {
			s.replicas = 3
		}
	}
	for _, st := range streams {
		if err := s.meetShared(ctx, st); err != nil {
			nc.Close()
			return err
		}
	}
	return nil
}

// dial connects to any of the servers, and gives those that are just starting a
// little time.
func (s *Store) dial(ctx context.Context) (*nats.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	for {
		nc, err := nats.Connect(s.config.URL, nats.Name("statute"), nats.Timeout(2*time.Second),
			nats.MaxReconnects(-1), nats.ReconnectWait(200*time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
			nats.PingInterval(5*time.Second), nats.MaxPingsOutstanding(2),
			nats.ReconnectBufSize(-1), // a write without a connection fails now, instead of happening later
			nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { s.log.Info("the store's connection broke", "error", err) }),
			nats.ReconnectHandler(func(nc *nats.Conn) {
				s.log.Info("the store is connected again", "server", nc.ConnectedUrlRedacted())
			}))
		if err == nil {
			return nc, nil
		}
		if !passing(err) {
			return nil, fmt.Errorf("connect to %s: %w", redact(s.config.URL), err)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return nil, &Unavailable{Doing: "connect to " + redact(s.config.URL), After: 5 * time.Second, Err: err}
		}
	}
}

// meetShared makes a stream that may be there already, and that others may be
// making at the same moment.
func (s *Store) meetShared(ctx context.Context, st stream) error {
	var there jetstream.Stream
	err := s.keep(ctx, "open "+st.name+" of "+redact(s.config.URL), 30*time.Second, func(ctx context.Context, l *link) (err error) {
		there, err = l.js.Stream(ctx, st.name)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			there, err = l.js.CreateStream(ctx, st.config(s.replicas))
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
				there, err = l.js.Stream(ctx, st.name)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	switch made := there.CachedInfo().Config; {
	case made.MaxMsgsPerSubject != st.history || !made.AllowDirect || len(made.Subjects) != 1 || made.Subjects[0] != st.prefix+">":
		return fmt.Errorf("%w: the stream %s of %s is not as Statute makes it; remove it there, or use other servers", ErrForeign, st.name, redact(s.config.URL))
	case s.config.Replicas > 0 && made.Replicas != s.config.Replicas:
		return fmt.Errorf("the stream %s has %d copies, not %d; change it with `nats stream edit --replicas`", st.name, made.Replicas, s.config.Replicas)
	default:
		s.replicas = made.Replicas
	}
	return nil
}

// redact hides the passwords of a list of URLs.
func redact(urls string) string {
	list := strings.Split(urls, ",")
	for i, one := range list {
		if u, err := url.Parse(strings.TrimSpace(one)); err == nil {
			list[i] = u.Redacted()
		} else {
			list[i] = "(unreadable URL)"
		}
	}
	return strings.Join(list, ",")
}
