package site

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// Whether curl draws its progress where its output goes to another command.
const (
	aloud  = ""
	silent = "s"
)

// command returns the one that sends a step.
func (o origin) command(s stage.Step, quiet string) string {
	if s.Method != "" {
		return o.curl(s, quiet)
	}
	return o.raw(s)
}

// trusting are the options that have curl trust the local authority.
const trusting = "--cacert ca.pem"

// freshClient is an address of the loopback network that hardly anybody else has.
const freshClient = "client=127.$(($$ % 190 + 64)).$(($$ / 190 % 256)).$(($$ / 48640 % 250 + 1))"

// at returns the URL that a step is sent to.
func (o origin) at(s stage.Step) string {
	switch {
	case s.Door == stage.AtPortal:
		return "http://" + o.doors.Portal + s.Path
	case s.Method == http.MethodConnect:
		return "{base}/lab/page" // what is wanted through the tunnel
	case s.Door == stage.Proxy && s.Host != "":
		return "http://" + net.JoinHostPort(s.Host, o.port) + s.Path
	case s.ServerName == "":
		return "{base}" + s.Path
	}
	return "https://" + net.JoinHostPort(s.ServerName, o.port) + s.Path
}

// otherName returns the name in a step's authority where it is not the one in
// the URL.
func otherName(s stage.Step) string {
	if s.Host == s.ServerName || s.Door == stage.Proxy {
		return ""
	}
	return s.Host
}

func (o origin) curl(s stage.Step, quiet string) string {
	args := []string{"curl", "-" + quiet + "i"}
	if s.ServerName != "" {
		args = append(args, trusting, "--connect-to", "::"+net.JoinHostPort(o.host, o.port))
	}
	if s.Manner == stage.Stall || s.Manner == stage.Balk {
		args = append(args, "-m", fmt.Sprint(patience))
	}
	if s.From != "" {
		args = append(args, "--interface", o.word(s.From))
	}
	args = append(args, o.through(s)...)
	switch s.Method {
	case "GET", http.MethodConnect:
	case "HEAD":
		args[1] = "-" + quiet + "I"
	default:
		args = append(args, "-X", s.Method)
	}
	if name := otherName(s); name != "" {
		args = append(args, "-H", o.word("Host: "+net.JoinHostPort(name, o.port)))
	}
	for _, f := range s.Fields {
		if f.Name != "Proxy-Authorization" {
			args = append(args, "-H", o.word(f.Name+": "+f.Value))
		}
	}
	if s.Content == "" {
		return strings.Join(append(args, o.word(o.at(s))), " ")
	}
	// Fields that curl would add of itself are taken back: a form's type, and with
	// content that is long or of unknown length an expectation.
	if s.Fields.Get("Content-Type") == "" {
		args = append(args, "-H", "Content-Type:")
	}
	if !s.Fields.Has("Expect") && (s.Manner == stage.Unlength || len(s.Content) > 1000) {
		args = append(args, "-H", "Expect:")
	}
	from := "printf %s " + o.word(s.Content) + " | "
	if c, n := runAt(s.Content); n == len(s.Content) {
		from = repeated(c, n) + " | "
	}
	switch {
	case s.Manner == stage.Unlength, s.Manner == stage.Pour:
		args = append(args, "-T", "-")
	case len(s.Content) > 1000:
		args = append(args, "--data-binary", "@-")
	default:
		from, args = "", append(args, "--data-binary", o.word(s.Content))
	}
	return from + strings.Join(append(args, o.word(o.at(s))), " ")
}

// through returns the options that lead a step to its door. Addresses of this
// machine are what many have excepted from proxies.
func (o origin) through(s stage.Step) []string {
	var args []string
	switch s.Door {
	case stage.Proxy:
		args = []string{"--noproxy", "''", "-x", "http://" + o.doors.Proxy}
	case stage.Detour:
		args = []string{"--noproxy", "''", "-x", "http://" + o.doors.Portal}
	case stage.Portal:
		return []string{"--connect-to", "::" + o.doors.Portal}
	}
	if basic, ok := strings.CutPrefix(s.Fields.Get("Proxy-Authorization"), "Basic "); ok {
		if user, err := base64.StdEncoding.DecodeString(basic); err == nil {
			args = append(args, "-U", o.word(string(user)))
		}
	}
	if s.Method == http.MethodConnect {
		args = append(args, "-p")
		if s.Status.Class() == status.Successful {
			args = append(args, "--suppress-connect-headers")
		}
	}
	return args
}

func (o origin) raw(s stage.Step) string {
	send := fmt.Sprintf("nc -w 3 %s %s", o.host, o.port)
	if s.Manner == stage.Stall {
		send = fmt.Sprintf("nc %s %s", o.host, o.port)
	}
	if o.secure {
		send = fmt.Sprintf("openssl s_client -quiet -connect %s:%s", o.host, o.port)
	}
	var pieces []string
	for _, octets := range piecesOf(s) {
		pieces = append(pieces, o.printf(octets))
	}
	switch {
	case s.Octets == "":
		return fmt.Sprintf("sleep %d | %s", patience, send)
	case s.Manner == stage.Stall:
		return fmt.Sprintf("{ %s; sleep %d; } | %s", pieces[0], patience, send)
	case len(pieces) > 1:
		return fmt.Sprintf("{ %s; } | %s", strings.Join(pieces, "; sleep 1; "), send)
	}
	return pieces[0] + " | " + send
}

// piecesOf splits a step's octets where a client waits for a sign from the
// server: for 100 before held content, for 101 before another protocol's frames.
func piecesOf(s stage.Step) []string {
	pieces := []string{s.Octets}
	if head, content, ok := strings.Cut(s.Octets, "\r\n\r\n"); ok && s.Manner == stage.Hold {
		pieces = []string{head + "\r\n\r\n", content}
	}
	if s.Frames != "" {
		pieces = append(pieces, s.Frames)
	}
	return pieces
}

// posedLine returns the command that asks for a posed answer, with what the
// request must have for the code to fit it.
func (o origin) posedLine(code status.Code) string {
	args := []string{"curl", "-i"}
	for _, f := range posedFields[code] {
		args = append(args, "-H", o.word(f.Name+": "+f.Value))
	}
	return strings.Join(append(args, o.word("{base}/status/"+code.String())), " ")
}

// posedFields are what a request must have for a posed code that is sent to a
// matching request only (stage's posed kinds).
var posedFields = map[status.Code]wire.Fields{
	101: {{Name: "Connection", Value: "Upgrade"}, {Name: "Upgrade", Value: "echo"}},
	104: {{Name: "Upload-Draft-Interop-Version", Value: "8"}},
	206: {{Name: "Range", Value: "bytes=0-3"}},
	226: {{Name: "A-IM", Value: "gzip"}},
	304: {{Name: "If-None-Match", Value: `"any-tag"`}},
}
