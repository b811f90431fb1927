package house

import (
	"crypto/tls"
	"fmt"
	"net"

	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage/road"
)

// Off is the address of a proxy or a portal that is not wanted.
const Off = "off"

// roads are the servers of the house that are no origin: the forward proxy and
// the interceptor, each at a port of its own.
type roads struct {
	proxy, portal *serve.Server // nil if off
}

// listen opens the ports of the roads. They speak what the house speaks over
// TCP, and have its limits and its tap.
func (h *House) listen(c Config) error {
	for _, road := range []struct {
		name string
		at   string
		to   **serve.Server
	}{{"proxy", c.Proxy, &h.roads.proxy}, {"portal", c.Portal, &h.roads.portal}} {
		if road.at == Off {
			continue
		}
		if road.at == "" {
			road.at = "127.0.0.1:0"
		}
		s := &serve.Server{
			Limits: c.Limits, Lang: c.Lang, Log: c.Log, Tap: h.server.Tap, OverTCP: true,
			TLS: &tls.Config{GetCertificate: h.certificate, NextProtos: []string{"h2", "http/1.1"}},
		}
		if err := s.Listen(road.at); err != nil {
			h.closeRoads()
			return fmt.Errorf("open the %s: %w", road.name, err)
		}
		*road.to = s
	}
	return nil
}

// furnishRoads gives the roads their handlers.
func (h *House) furnishRoads(c Config) {
	reach := &road.Reach{Lab: []string{h.Address()}, Names: names, More: c.Allow}
	for _, s := range h.roads.all() {
		reach.Lab = append(reach.Lab, reached(s.Addr()))
	}
	proxy, portal := h.lab.Roads(reach, h.Proxy())
	if h.roads.proxy != nil {
		h.roads.proxy.Handler = proxy
	}
	if h.roads.portal != nil {
		h.roads.portal.Handler = portal
	}
}

func (r *roads) all() []*serve.Server {
	var all []*serve.Server
	for _, s := range []*serve.Server{r.proxy, r.portal} {
		if s != nil {
			all = append(all, s)
		}
	}
	return all
}

// closeRoads cuts what is under way.
func (h *House) closeRoads() {
	for _, s := range h.roads.all() {
		s.Close()
	}
}

// reached is the address at which a listener is reached; one on all interfaces,
// at the loopback address.
func reached(at net.Addr) string {
	host, port, _ := net.SplitHostPort(at.String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// Proxy returns host and port of the forward proxy, empty if it is off.
func (h *House) Proxy() string { return addressOf(h.roads.proxy) }

// Portal returns host and port of the interceptor, empty if it is off.
func (h *House) Portal() string { return addressOf(h.roads.portal) }

func addressOf(s *serve.Server) string {
	if s == nil {
		return ""
	}
	return reached(s.Addr())
}
