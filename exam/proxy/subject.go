package proxy

import (
	"crypto/tls"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
)

// A Mode is where a proxy stands.
type Mode string

const (
	Forward Mode = "forward" // chosen by clients, sent whole URIs
	Reverse Mode = "reverse" // a gateway before one origin
)

// A Subject is a proxy under examination.
type Subject struct {
	Name, Version string
	Mode          Mode
	Address       string      // host and port at which it listens
	Host          string      // of requests to a gateway; Address if empty
	TLS           *tls.Config // HTTP/2 behind TLS; nil: with prior knowledge. HTTP/3 always is
	Login         string      // Proxy-Authorization, if it wants one
	Private       bool        // its cache is one user's own
	Origin        *Origin     // where the exam stands behind it
}

// About says who it is.
func (s *Subject) About() exam.About {
	options := map[string]string{"mode": string(s.Mode)}
	return exam.About{Name: s.Name, Version: s.Version, Options: options}
}

// Can says in which mode it stands; all else is found by trying.
func (s *Subject) Can() map[exam.Capability]bool {
	return map[exam.Capability]bool{
		Forwards: s.Mode == Forward, Reverses: s.Mode == Reverse, Tunnels: s.Mode == Forward, Asks: s.Login != "", Shares: !s.Private,
		Gets: true, Posts: true, Heads: true, Streams: true, Olds: true, Keeps: true, Pools: true, Stores: true, Upgrades: true, Others: true,
	}
}

// tls is what secures a connection over a protocol.
func (s *Subject) tls(over wire.Protocol) *tls.Config {
	if over == wire.H3 && s.TLS == nil {
		return &tls.Config{InsecureSkipVerify: true}
	}
	if over == wire.H1 {
		return nil
	}
	return s.TLS
}
