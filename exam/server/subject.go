package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// Agent is the User-Agent of every request.
const Agent = "statute-exam (+https://github.com/statute-http/statute)"

// A Subject is a server and what is known of it. It is read from a text file
// with a line a thing:
//
//	name      nginx
//	version   1.22.1
//	url       http://127.0.0.1:8080/file.txt   a resource for GET; its path is the file of the exam
//	secure    https://localhost:8443           the same server over TLS, for h2 (by ALPN), h3 and TLS cases
//	redirect  /dir                             a path that is answered with a redirect
//	auth      /private user password           a path that wants these credentials (Basic)
//	write     /upload/                         a folder in which everything may be made, changed and removed
//	demands   /recipe                          a resource there that PUT is to change under a condition only
//	full      /quota/                          a folder whose quota has no room for 64 KiB
//	socket    /socket                          a path that opens WebSockets
//	limited   /search                          a path that answers 429 to who asks too often
//
// # begins a comment. Only name and url have to be there.
type Subject struct {
	Name, Version    string
	URL              *url.URL
	SecureURL        *url.URL
	File             string
	Redirect         string
	Auth, User, Pass string
	Write            string // ends with a slash; empty: only safe methods
	Demands          string
	Full             string // ends with a slash
	Socket           string
	Limited          string

	TLS  *tls.Config   // whom to trust; nil: as the system does
	Rate time.Duration // between two connections; none if zero

	locks sync.RWMutex // held by a case that locks something, shared by those that write

	mu   sync.Mutex
	next time.Time
}

// NewSubject returns the subject at a URL.
func NewSubject(address string) (*Subject, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is no http or https URL", address)
	}
	s := &Subject{Name: u.Host, URL: u, File: u.EscapedPath()}
	if s.File == "" {
		s.File = "/"
	}
	if u.Scheme == "https" {
		s.SecureURL = u
	}
	return s, nil
}

// ReadSubject reads a subject's file. An error names the line.
func ReadSubject(r io.Reader) (*Subject, error) {
	s := &Subject{}
	scanner := bufio.NewScanner(io.LimitReader(r, 64<<10))
	for n := 1; scanner.Scan(); n++ {
		text := strings.TrimSpace(scanner.Text())
		if i := strings.Index(text, "#"); i == 0 || i > 0 && text[i-1] == ' ' {
			text = text[:i]
		}
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		if err := s.Declare(words[0], words[1:]...); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read a subject: %w", err)
	}
	if s.URL == nil {
		return nil, errors.New("the subject has no url: add a line such as: url http://127.0.0.1:8080/")
	}
	if s.Name == "" {
		s.Name = s.URL.Host
	}
	return s, nil
}

// Declare says what a line of the file says.
func (s *Subject) Declare(name string, words ...string) error {
	want := map[string]int{"auth": 3}[name]
	if want == 0 {
		want = 1
	}
	if len(words) < want || name != "version" && len(words) > want {
		return fmt.Errorf("%s has %d words behind it, and %d belong there", name, len(words), want)
	}
	switch name {
	case "name":
		s.Name = words[0]
	case "version":
		s.Version = strings.Join(words, " ")
	case "url", "secure":
		other, err := NewSubject(words[0])
		if err != nil {
			return err
		}
		if name == "secure" {
			if other.URL.Scheme != "https" {
				return fmt.Errorf("secure is %q, and an https URL belongs there", words[0])
			}
			s.SecureURL = other.URL
			return nil
		}
		s.URL, s.File = other.URL, other.File
		if other.SecureURL != nil {
			s.SecureURL = other.SecureURL
		}
	case "redirect", "auth", "write", "demands", "full", "socket", "limited":
		if !strings.HasPrefix(words[0], "/") {
			return fmt.Errorf("%s is %q, and a path belongs there, which begins with a slash", name, words[0])
		}
		switch name {
		case "redirect":
			s.Redirect = words[0]
		case "auth":
			s.Auth, s.User, s.Pass = words[0], words[1], words[2]
		case "write":
			s.AllowWriting(words[0])
		case "demands":
			s.Demands = words[0]
		case "full":
			s.Full = strings.TrimSuffix(words[0], "/") + "/"
		case "socket":
			s.Socket = words[0]
		case "limited":
			s.Limited = words[0]
		}
	default:
		return fmt.Errorf("there is no %q: write name, version, url, secure, redirect, auth, write, demands, full, socket or limited", name)
	}
	return nil
}

// AllowWriting allows unsafe methods below a path.
func (s *Subject) AllowWriting(path string) { s.Write = strings.TrimSuffix(path, "/") + "/" }

// Loopback reports whether the subject is on this machine.
func (s *Subject) Loopback() bool {
	for _, u := range []*url.URL{s.URL, s.SecureURL} {
		if u == nil {
			continue
		}
		ip := net.ParseIP(u.Hostname())
		if u.Hostname() != "localhost" && !ip.IsLoopback() {
			return false
		}
	}
	return true
}

// Can says which capabilities the subject may have; those that baselines try
// are among them.
func (s *Subject) Can() map[exam.Capability]bool {
	can := map[exam.Capability]bool{Serves: true, Tags: true, Tagged: true, Dates: true, Ranges: true, Keeps: true, Old: true, Misses: true}
	can[Secure] = s.SecureURL != nil
	can[Redirects] = s.Redirect != ""
	can[Guards] = s.Auth != ""
	can[Demands] = s.Demands != ""
	can[Full] = s.Full != ""
	for _, c := range needs(Writes, Stores, DAV, Locks, Binds) {
		can[c] = s.Write != ""
	}
	can[Sockets] = s.Socket != ""
	can[Counts] = s.Limited != ""
	return can
}

// About says who the subject is and how it was asked.
func (s *Subject) About() exam.About {
	options := map[string]string{"url": s.URL.String()}
	if s.SecureURL != nil {
		options["secure"] = s.SecureURL.String()
	}
	if s.Write != "" {
		options["write"] = s.Write
	}
	return exam.About{Name: s.Name, Version: s.Version, Options: options}
}

// at is the URL at which the subject speaks the protocol.
func (s *Subject) at(p wire.Protocol) *url.URL {
	if p != wire.H1 && s.SecureURL != nil {
		return s.SecureURL
	}
	return s.URL
}

func (s *Subject) host(p wire.Protocol) string { return s.at(p).Host }

func (s *Subject) target(p wire.Protocol) peer.Target {
	u := s.at(p)
	t := peer.Target{Protocol: p, Address: address(u), ServerName: u.Hostname()}
	if u.Scheme == "https" || p == wire.H3 {
		t.TLS = s.trust()
	}
	return t
}

func (s *Subject) secureTarget() peer.Target {
	return peer.Target{Protocol: wire.H1, Address: address(s.SecureURL), ServerName: s.SecureURL.Hostname(), TLS: s.trust()}
}

func (s *Subject) trust() *tls.Config {
	if s.TLS != nil {
		return s.TLS.Clone()
	}
	return &tls.Config{}
}

func address(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "https" {
		return net.JoinHostPort(u.Hostname(), "443")
	}
	return net.JoinHostPort(u.Hostname(), "80")
}

// missing is a path beside the file at which nothing is.
func (s *Subject) missing(nonce string) string {
	return s.File[:strings.LastIndexByte(s.File, '/')+1] + "statute-nothing-" + nonce
}

// wait keeps the rate.
func (s *Subject) wait(ctx context.Context) error {
	if s.Rate == 0 {
		return nil
	}
	s.mu.Lock()
	at := s.next
	if now := time.Now(); at.Before(now) {
		at = now
	}
	s.next = at.Add(s.Rate)
	s.mu.Unlock()
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
