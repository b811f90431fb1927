package model_test

import (
	"crypto/tls"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/wire"
)

// front puts our gateway before a model, which speaks HTTP/1.1 alone, so that it
// can be asked over the other protocols.
func front(t *testing.T, mode proxy.Mode, s *subject) *subject {
	t.Helper()
	authority, err := cert.Memory()
	if err != nil {
		t.Fatal(err)
	}
	hop := &road.Hop{Name: road.NewName("front"), Surrogate: true}
	model := s.Address
	server := &serve.Server{EarlyData: true, TLS: &tls.Config{GetCertificate: authority.GetCertificate},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			target := r.RequestURI
			if mode == proxy.Forward {
				target = "http://" + r.Host + target
			}
			if err := hop.Pass(w, r, road.Onward{Address: model, Authority: r.Host, Target: target}); err != nil {
				err.(*wire.Refusal).Answer(w, r, "en")
			}
		})}
	if err := server.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go server.Serve()
	t.Cleanup(server.Close)
	s.Address = server.Addr().String()
	return s
}

// mends are the cases whose faults our gateway puts right, so that over HTTP/2 and
// HTTP/3 they are only passed here; over HTTP/1.1 they are failed too.
var mends = []string{
	"204-with-content", "204-with-length-zero", "204-chunked", "304-with-content", "205-with-content",
	"expect-100-then-final", "expect-origin-silent", "websocket-extended-connect",
	"lengths-differ", "length-negative", "length-not-number", "status-99", "status-1000", "status-two-digits", "status-not-number",
	"switch-unasked", "switch-unasked-told", "via-in-response", "date-added", "response-nominated-removed", "response-hop-fields-removed",
}

// Each case that can be asked over HTTP/2 or HTTP/3 is passed there by the model
// behind our gateway, and failed with its fault unless the gateway mends that.
func TestFramed(t *testing.T) {
	places := make(chan struct{}, 24)
	var asking sync.WaitGroup
	defer asking.Wait()
	for _, over := range []wire.Protocol{wire.H2, wire.H3} {
		right := map[proxy.Mode]*subject{}
		for _, mode := range []proxy.Mode{proxy.Forward, proxy.Reverse} {
			right[mode] = front(t, mode, open(t, mode, "", ""))
		}
		for _, c := range proxy.All {
			if !c.Plays(over) {
				continue
			}
			places <- struct{}{}
			asking.Go(func() {
				defer func() { <-places }()
				t.Run(c.Name+"/"+string(over), func(t *testing.T) {
					faulty := func(mode proxy.Mode, fault string) *subject { return front(t, mode, open(t, mode, "", fault)) }
					if slices.Contains(mends, c.Name) {
						faulty = nil
					}
					prove(t, c, over, right, faulty)
				})
			})
		}
	}
}

// What becomes of an extended CONNECT is only recorded, and the model cannot be
// asked for one; but net/http and quic-go, behind which it stands, refuse it in
// two ways, which the case tells apart.
func TestExtendedConnect(t *testing.T) {
	i := slices.IndexFunc(proxy.All, func(c exam.Case) bool { return c.Name == "websocket-extended-connect" })
	s := front(t, proxy.Reverse, open(t, proxy.Reverse, "", ""))
	over2, over3 := ask(t, proxy.All[i], wire.H2, s.Subject), ask(t, proxy.All[i], wire.H3, s.Subject)
	if over2.Outcome != exam.Value || over3.Outcome != exam.Value || over2.Value == over3.Value {
		t.Errorf("over HTTP/2 %s %s, over HTTP/3 %s %s: want two values", over2.Outcome, over2.Value, over3.Outcome, over3.Value)
	}
}
