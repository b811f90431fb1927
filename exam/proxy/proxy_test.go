package proxy_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"testing"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/wire"
)

// open serves a handler of ours over all protocols.
func open(t *testing.T, make func(at string) http.Handler) string {
	t.Helper()
	authority, err := cert.Memory()
	if err != nil {
		t.Fatal(err)
	}
	s := &serve.Server{EarlyData: true, TLS: &tls.Config{GetCertificate: authority.GetCertificate}}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.Handler = make(s.Addr().String())
	go s.Serve()
	t.Cleanup(s.Close)
	return s.Addr().String()
}

func origin(t *testing.T) *proxy.Origin {
	t.Helper()
	o, err := proxy.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

const guest = "Basic Z3Vlc3Q6Z3Vlc3Q="

// forward is our forward proxy.
func forward(t *testing.T) *proxy.Subject {
	o := origin(t)
	pattern, err := road.ParsePattern("127.0.0.1:*")
	if err != nil {
		t.Fatal(err)
	}
	at := open(t, func(at string) http.Handler {
		return &road.Proxy{Hop: &road.Hop{Name: road.NewName("exam")}, Self: at, Users: map[string]road.User{"guest": {Password: "guest"}},
			Reach: &road.Reach{Lab: []string{at}, More: []road.Pattern{pattern}}}
	})
	return &proxy.Subject{Name: "statute-forward", Mode: proxy.Forward, Address: at, Login: guest, Origin: o}
}

// gateway is our gateway, with a private cache or without.
func gateway(t *testing.T, store bool) *proxy.Subject {
	o := origin(t)
	hop := &road.Hop{Name: road.NewName("exam"), Surrogate: true}
	pass := hop.Pass
	if store {
		pass = (&road.Cache{Hop: hop}).Pass
	}
	at := open(t, func(string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := pass(w, r, road.Onward{Address: o.Addr(), Authority: r.Host, Target: r.RequestURI}); err != nil {
				err.(*wire.Refusal).Answer(w, r, "en")
			}
		})
	})
	return &proxy.Subject{Name: "statute-gateway", Mode: proxy.Reverse, Address: at, Private: store, Origin: o}
}

func examine(t *testing.T, subject *proxy.Subject, over []wire.Protocol, cases []exam.Case) []exam.Result {
	t.Helper()
	if _, _, err := net.SplitHostPort(subject.Address); err != nil {
		t.Fatal(err)
	}
	return exam.Run(t.Context(), exam.Plan{Cases: cases, Over: over, Subject: subject, Can: subject.Can(), Parallel: 8})
}

func asked(t *testing.T) []exam.Case {
	t.Helper()
	cases, err := exam.Choice{}.Of(proxy.All)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// Our own proxy, gateway and caching gateway pass every case that applies to
// them, on each protocol.
func TestOurs(t *testing.T) {
	for name, subject := range map[string]*proxy.Subject{"forward": forward(t), "gateway": gateway(t, false), "cache": gateway(t, true)} {
		t.Run(name, func(t *testing.T) {
			for _, r := range examine(t, subject, wire.Protocols, asked(t)) {
				switch r.Outcome {
				case exam.Fail, exam.Flaky, exam.Void:
					t.Errorf("%s over %s: %s: %s\n%s", r.Case.Name, r.Over, r.Outcome, r.Detail.En, transcript(r))
				case exam.NA:
					t.Logf("%s over %s: %s", r.Case.Name, r.Over, r.Detail.En)
				}
			}
		})
	}
}

func transcript(r exam.Result) string {
	text := ""
	for _, l := range r.Transcript {
		text += fmt.Sprintf("%8.3f %-8s %s %.300q\n", l.At.Seconds(), l.Where, l.Dir, l.Text)
	}
	return text
}
