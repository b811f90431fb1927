// Package house is the whole server: the protocols of package serve, the scenes
// of stage, the pages of site, the local authority of cert, put together once.
// `statute serve` opens a house and keeps it open; `statute play`, the census
// and other tests open one for themselves.
package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"crypto/tls"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/site"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/store"
	"github.com/statute-http/statute/store/memory"
	"github.com/statute-http/statute/wire"
)

// A Config says how a house is to be opened. The zero Config listens on a free
// port of the loopback interface and keeps nothing on disk.
type Config struct {
	Listen string         // "127.0.0.1:0" if empty
	Proxy  string         // where the forward proxy listens; likewise, or Off
	Portal string         // where the interceptor listens; likewise, or Off
	Allow  []road.Pattern // servers, besides the lab, to which both pass on
	Data   string         // folder for what has to last; empty: all is gone with the process
	Store  string         // servers of a cluster that keeps the state instead of Data: nats://a,b,c
	Sync   string         // of the state in Data: "always", on disk when answered, or "interval"; "always" if empty
	Stored int64          // octets that Data or Store may take; 0: as the disk allows
	Lang   lang.Tag
	Limits serve.Limits
	Worlds stage.WorldLimits

	// Gateways are the networks of gateways that we know: their Early-Data is
	// known to be a gateway's, and their addresses stand for many people.
	// Loopback if nil.
	Gateways []netip.Prefix

	Cases []exam.Case // put to clients that drive themselves; all that need no long wait if nil
	Log   *slog.Logger
	Tap   func(*wire.Exchange) // must not wait; see serve.Server
}

// Loopback is where the house's own gateway and cache ask from.
var Loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// A House is an open server.
type House struct {
	server    *serve.Server
	roads     roads
	authority *cert.Authority
	judge     *judge
	players   *players
	state     state
	lab       *stage.Lab
	log       *slog.Logger
	examine   context.CancelFunc // ends exams under way
	opened    chan struct{}      // closed when the fields above are set
}

// state is where the lab keeps what is written in it.
type state interface {
	origin.Store
	Close() error
}

// Methods are all that anything in the house implements; others get 501.
var Methods = origin.Methods

// Gates returns the order of decision as it runs, joined from the packages that
// take its steps.
func Gates() []wire.Gate {
	gates := slices.Concat(serve.Gates, origin.Gates(), stage.Gates)
	slices.SortStableFunc(gates, func(a, b wire.Gate) int { return a.Number - b.Number })
	return gates
}

// Open makes the authority and opens the ports. Serve has to follow.
func Open(c Config) (*House, error) {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Lang == "" {
		c.Lang = lang.En
	}
	if c.Gateways == nil {
		c.Gateways = Loopback
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	h := &House{log: c.Log, opened: make(chan struct{}), players: newPlayers(c.Limits), judge: newJudge(c.Log, lint.All)}
	h.server = &serve.Server{
		Limits: c.Limits,
		TLS:    &tls.Config{GetCertificate: h.certificate, NextProtos: []string{"h2", "http/1.1"}},
		Lang:   c.Lang,
		Log:    c.Log,
		// The handler begins with serve.Replay.
		EarlyData: true,
		Tap: func(x *wire.Exchange) {
			h.judge.offer(x)
			h.lab.Note(x)
			if c.Tap != nil {
				c.Tap(x)
			}
		},
	}
	// The ports come first: of two houses with one data folder the second is
	// told of the port, which it can change, not of the folder.
	if err := h.server.Listen(c.Listen); err != nil {
		h.judge.stop()
		return nil, err
	}
	err := h.listen(c)
	if err == nil {
		if err = h.furnish(c); err != nil {
			h.closeRoads()
		}
	}
	if err != nil {
		h.judge.stop()
		h.server.Close()
		return nil, err
	}
	h.server.Handler = h.handler(c)
	h.furnishRoads(c)
	close(h.opened)
	return h, nil
}

// furnish opens the authority and the state, both at once: each waits for the
// disk.
func (h *House) furnish(c Config) error {
	var noState error
	var opening sync.WaitGroup
	opening.Go(func() { h.state, noState = openState(c) })
	var noAuthority error
	h.authority, noAuthority = openAuthority(c.Data)
	opening.Wait()
	err := errors.Join(noAuthority, noState)
	if err != nil && h.state != nil {
		h.state.Close()
	}
	return err
}

// certificate is for handshakes: one that comes while the house is being opened
// waits until it is.
func (h *House) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	select {
	case <-h.opened:
		return h.authority.GetCertificate(hello)
	case <-hello.Context().Done():
		return nil, hello.Context().Err()
	}
}

func openState(c Config) (state, error) {
	if c.Data == "" && c.Store == "" {
		return memory.New(memory.Config{}), nil
	}
	config := store.Config{URL: c.Store, Sync: c.Sync, Most: c.Stored, Log: c.Log}
	if c.Store == "" {
		config.Dir = filepath.Join(c.Data, "state")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := store.Open(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the state: %w", err)
	}
	return s, nil
}

func openAuthority(data string) (*cert.Authority, error) {
	if data == "" {
		return cert.Memory()
	}
	authority, err := cert.Open(data)
	if err != nil {
		return nil, fmt.Errorf("open the local authority: %w", err)
	}
	return authority, nil
}

// handler is the order of the house: gates 4 to 6 for all, then the places.
func (h *House) handler(c Config) http.Handler {
	l := c.Lang
	mux := http.NewServeMux()
	lab := stage.NewLab(h.state, l)
	lab.At = h.Address()
	lab.Worlds, lab.Gateways = c.Worlds, c.Gateways
	h.lab = lab
	mux.Handle("/lab/", lab)
	mux.Handle("/w/", lab)
	mux.Handle("/worlds", lab)
	mux.Handle("/status/", stage.NewPosed(stage.PosedConfig{
		Language: func(r *http.Request) lang.Tag { return lang.OfRequest(r, l) },
	}))
	mux.Handle("/replay/", stage.NewFixtures(l))
	mux.HandleFunc("GET /.well-known/statute", h.serveReady)
	mux.HandleFunc("GET /ca.pem", h.serveAuthority)
	pages := site.New(site.Config{Lang: l, Doors: site.Doors{Proxy: h.Proxy(), Portal: h.Portal()}, Play: h.play, Gates: Gates, Traffic: lab, Exams: h.exams(c)})
	mux.Handle("/", pages)
	mux.Handle("/exam/next", pages) // each order is handed out once
	places := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// RFC 9110 §9.3.7: * asks about the server as a whole.
		if r.RequestURI == "*" {
			w.Header().Set("Allow", strings.Join(Methods, ", "))
			w.WriteHeader(http.StatusNoContent)
			return
		}
		mux.ServeHTTP(w, r)
	})
	return serve.Address(names, l, serve.Extend(lab.Extensions(), l, serve.Language(Methods, l, serve.Replay(repeatable(mux), c.Gateways, l, places))))
}

// names are those that the house serves on connections of their own alone.
var names = []string{"tea.test", "coffee.test"}

// repeatable tells of which resources a request with a safe method may be a
// replay: of the pages of the site, and of what stage says of its own.
func repeatable(mux *http.ServeMux) func(*http.Request) bool {
	return func(r *http.Request) bool {
		switch _, pattern := mux.Handler(r); pattern {
		case "/", "/replay/", "GET /.well-known/statute", "GET /ca.pem":
			return true
		}
		return stage.Repeatable(r)
	}
}

// Serve answers until Shutdown; see serve.Server.
func (h *House) Serve() error {
	defer h.judge.stop()
	defer h.players.close()
	ctx, cancel := context.WithCancel(context.Background())
	var sweeping sync.WaitGroup
	sweeping.Go(func() { h.sweep(ctx) })
	var roads sync.WaitGroup
	failed := make(chan error, len(h.roads.all()))
	for _, s := range h.roads.all() {
		roads.Go(func() {
			err := s.Serve()
			if err != nil {
				h.server.Close() // one port less is no house
			}
			failed <- err
		})
	}
	err := h.server.Serve()
	cancel()
	h.examine()
	sweeping.Wait()
	h.lab.Close() // and with it tunnels, which roads would wait for
	h.closeRoads()
	roads.Wait()
	for range cap(failed) {
		err = errors.Join(err, <-failed)
	}
	return errors.Join(err, h.state.Close())
}

// sweepEvery is how often what nobody needs any more is removed.
const sweepEvery = 10 * time.Minute

func (h *House) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		worlds, contents, err := h.lab.Sweep(ctx)
		if err != nil && ctx.Err() == nil {
			h.log.Warn("cannot sweep; trying again later", "err", err)
		}
		h.log.Debug("swept", "worlds", worlds, "contents", contents)
	}
}

// Shutdown lets what is under way end; see serve.Server. Plays, WebSockets,
// tunnels and what is being passed on end at once.
func (h *House) Shutdown(ctx context.Context) error {
	h.players.close()
	h.examine()
	h.lab.Close()
	var ending sync.WaitGroup
	all := append(h.roads.all(), h.server)
	errs := make([]error, len(all))
	for i, s := range all {
		ending.Go(func() { errs[i] = s.Shutdown(ctx) })
	}
	ending.Wait()
	return errors.Join(errs...)
}

// Address returns host and port, the same over TCP and UDP. A listener on all
// interfaces is reached at the loopback address.
func (h *House) Address() string { return reached(h.server.Addr()) }

// Trust returns a client's TLS configuration that trusts the house.
func (h *House) Trust() *tls.Config { return &tls.Config{RootCAs: h.authority.Pool()} }

// Ready is where everything is: the content of /.well-known/statute and of the
// file that `statute serve --ready` writes.
type Ready struct {
	HTTP   string `json:"http"`
	HTTPS  string `json:"https"`
	H3     string `json:"h3"`
	Proxy  string `json:"proxy,omitempty"`  // the forward proxy, unless it is off
	Portal string `json:"portal,omitempty"` // the interceptor, unless it is off
	CA     string `json:"ca"`               // where the authority's certificate can be fetched, as PEM
}

// Ready returns where everything is.
func (h *House) Ready() Ready {
	at := h.Address()
	r := Ready{HTTP: "http://" + at, HTTPS: "https://" + at, H3: "https://" + at, CA: "http://" + at + "/ca.pem"}
	if h.roads.proxy != nil {
		r.Proxy = "http://" + h.Proxy()
	}
	if h.roads.portal != nil {
		r.Portal = "http://" + h.Portal()
	}
	return r
}

func (h *House) serveReady(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	json.NewEncoder(w).Encode(h.Ready())
}

func (h *House) serveAuthority(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(h.authority.PEM())
}
