// Gateway is the lab's gateway in front of one server, for exam/subjects to start.
package main

import (
	"crypto/tls"
	"flag"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/wire"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	to := flag.String("to", "", "address of the server ahead")
	store := flag.Bool("cache", false, "store answers, for one user")
	golang := flag.Bool("golang", false, "Go's httputil.ReverseProxy, on net/http, instead of ours")
	flag.Parse()
	if *golang {
		proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: *to})
			r.Out.Host = r.In.Host
		}}
		log.Fatal(http.ListenAndServe(*listen, proxy))
	}
	hop := &road.Hop{Name: road.NewName("statute"), Surrogate: true}
	pass := hop.Pass
	if *store {
		pass = (&road.Cache{Hop: hop}).Pass
	}
	authority, err := cert.Memory()
	if err != nil {
		log.Fatal(err)
	}
	s := &serve.Server{EarlyData: true, TLS: &tls.Config{GetCertificate: authority.GetCertificate}}
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := pass(w, r, road.Onward{Address: *to, Authority: r.Host, Target: r.RequestURI})
		if refusal, ok := err.(*wire.Refusal); ok {
			refusal.Answer(w, r, "en")
		}
	})
	if err := s.Listen(*listen); err != nil {
		log.Fatal(err)
	}
	log.Fatal(s.Serve())
}
