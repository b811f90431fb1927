package site

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/status"
)

// An origin is where the commands on a page send their requests.
type origin struct {
	base       string // "http://127.0.0.1:8080"
	authority  string // "127.0.0.1:8080"
	host, port string
	secure     bool
	doors      Doors
}

// Doors are where the forward proxy and the interceptor are, as host and port.
type Doors struct{ Proxy, Portal string }

// usualDoors are those of a server that was told nothing else.
var usualDoors = Doors{Proxy: "127.0.0.1:3128", Portal: "127.0.0.1:8081"}

func parseOrigin(base string) origin {
	o := origin{base: base, port: "80", doors: usualDoors}
	u, err := url.Parse(base)
	if err != nil {
		return parseOrigin("http://localhost")
	}
	if o.secure = u.Scheme == "https"; o.secure {
		o.port = "443"
	}
	o.authority, o.host = u.Host, u.Hostname()
	if u.Port() != "" {
		o.port = u.Port()
	}
	return o
}

// patience is how long a command keeps a silent connection open, in seconds:
// longer than our server waits for a first request.
const patience = 40

// A script is a scene as commands for any POSIX shell. A step with octets of its
// own needs nc (openssl where the origin is secure), since curl would mend them;
// all others need curl. Four variables stand for what only a play can know: $n
// is a fresh name, $location the last Location, $retry the last Retry-After,
// $token the last access token.
type script struct {
	Before  []string // what the commands need: a fresh name, a function
	Cue     []string
	Control []string
}

// fieldFunction reads a field of the answer before; names of fields come in
// lower case over HTTP/2.
const fieldFunction = `field() { printf '%s\n' "$answer" | grep -i "^$1:" | cut -d ' ' -f 2- | tr -d '\r'; }`

func (o origin) script(cue, control []stage.Step) script {
	learnt := learntFrom(slices.Concat(cue, control))
	s := script{Cue: o.lines(cue, learnt[:len(cue)]), Control: o.lines(control, learnt[len(cue):])}
	text := strings.Join(slices.Concat(s.Cue, s.Control), "\n")
	if strings.Contains(text, "$n") {
		s.Before = append(s.Before, "n=tea-$(date +%s)-$$")
	}
	if strings.Contains(text, "$client") {
		s.Before = append(s.Before, freshClient)
	}
	if strings.Contains(text, trusting) {
		s.Before = append(s.Before, "curl -s -o ca.pem "+o.word("{base}/ca.pem"))
	}
	if strings.Contains(text, "$(field ") {
		s.Before = append(s.Before, fieldFunction)
	}
	return s
}

// learntFrom returns, for each step, the fields of its answer that later steps
// build upon.
func learntFrom(steps []stage.Step) [][]string {
	learnt := make([][]string, len(steps))
	learn := func(from int, field string) {
		if from >= 0 && !slices.Contains(learnt[from], field) {
			learnt[from] = append(learnt[from], field)
		}
	}
	for i, s := range steps {
		before := steps[:i]
		if mentions(s, "{location}") {
			learn(last(before, givesLocation), "Location")
		}
		if mentions(s, "{token}") {
			learn(last(before, givesToken), accessToken)
		}
		if mentions(s, "{challenge}") {
			learn(last(before, asksForPayment), "WWW-Authenticate")
		}
		if mentions(s, "{lock}") {
			learn(last(before, givesLock), "Lock-Token")
		}
		if s.Retry {
			from := last(before, asksToWait)
			if from < 0 {
				from = i - 1
			}
			learn(from, "Retry-After")
		}
	}
	return learnt
}

// mentions reports whether a step, or one beside it, sends the text.
func mentions(s stage.Step, text string) bool {
	sent := s.Path + s.Content + s.Octets
	for _, f := range s.Fields {
		sent += f.Value
	}
	return strings.Contains(sent, text) ||
		slices.ContainsFunc(s.Beside, func(b stage.Step) bool { return mentions(b, text) })
}

func last(steps []stage.Step, is func(stage.Step) bool) int {
	for i := len(steps) - 1; i >= 0; i-- {
		if is(steps[i]) {
			return i
		}
	}
	return -1
}

func givesLocation(s stage.Step) bool { return s.GivesLocation() }

// givesLock reports whether the answer has a Lock-Token (RFC 4918 §9.10.1).
func givesLock(s stage.Step) bool {
	return s.Method == "LOCK" && s.Status.Class() == status.Successful && s.Content != ""
}

// givesToken reports whether the answer's content has an access token, or
// credentials for a payment.
func givesToken(s stage.Step) bool {
	return s.Method == http.MethodPost && s.Status == http.StatusOK &&
		(strings.HasSuffix(s.Path, "/tokens") || strings.Contains(s.Path, "purses/"))
}

func asksForPayment(s stage.Step) bool { return s.Status == http.StatusPaymentRequired }

// Retry-After comes with these (RFC 9110 §15.5.14, §15.6.4; RFC 6585 §4).
func asksToWait(s stage.Step) bool {
	return slices.Contains([]status.Code{413, 429, 503}, s.Status)
}

// lines returns the commands that send the steps, one after the other.
func (o origin) lines(steps []stage.Step, learnt [][]string) []string {
	var lines []string
	for i, s := range steps {
		// curl keeps a connection between transfers of one command.
		if again := len(lines) > 0 && s.Again && o.joins(steps[i-1], s) && learnt[i-1] == nil && learnt[i] == nil; again {
			lines[len(lines)-1] += " --next " + strings.TrimPrefix(o.command(s, aloud), "curl ")
			continue
		}
		switch {
		case s.Retry:
			lines = append(lines, `sleep "$retry"`)
		case s.Wait > 0:
			lines = append(lines, fmt.Sprintf("sleep %d", wholeSeconds(s.Wait)))
		}
		for _, b := range s.Beside {
			lines = append(lines, o.command(b, aloud)+" &")
		}
		if s.Beside != nil {
			lines = append(lines, headStart)
		}
		if learnt[i] == nil {
			lines = append(lines, o.command(s, aloud))
		} else {
			lines = append(lines, "answer=$("+o.command(s, silent)+" | tee /dev/stderr)")
		}
		for _, field := range learnt[i] {
			if field == accessToken {
				lines = append(lines, tokenLine)
				continue
			}
			lines = append(lines, fmt.Sprintf("%s=$(field %s)", variableOf[field], field))
		}
		if s.Beside != nil {
			lines = append(lines, "wait")
		}
	}
	return lines
}

var variableOf = map[string]string{"Location": "location", "Retry-After": "retry", "WWW-Authenticate": "challenge", "Lock-Token": "lock"}

// accessToken is what later steps build upon and no field has: it stands in the
// content (RFC 6750 §4).
const (
	accessToken = "access_token"
	tokenLine   = `token=$(printf '%s\n' "$answer" | grep -oE '"(access_token|credentials)":"[^"]*"' | cut -d '"' -f 4)`
)

// headStart lets the requests beside a step begin before it. A POSIX shell
// counts whole seconds only, in which they could be over; the sleep of every
// system in use takes fractions.
const headStart = "sleep 0.2"

// wholeSeconds returns a time in seconds, rounded up: a step waits at least.
func wholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// joins reports whether one curl can send both steps.
func (o origin) joins(before, s stage.Step) bool {
	return before.Method != "" && before.Content == "" && before.Beside == nil &&
		s.Method != "" && s.Content == "" && s.Beside == nil && s.Wait == 0 && !s.Retry
}

// shown returns a step's request as people read it, in the marks of the
// manual's examples: {nonce} for a fresh name, {repeat:x:8100} for a long run.
func (o origin) shown(s stage.Step) string {
	text := s.Octets
	if s.Method != "" {
		var b strings.Builder
		target := s.Path
		switch {
		case s.ServerName != "", s.Door == stage.AtPortal:
			target = o.at(s)
		case (s.Door == stage.Proxy || s.Door == stage.Detour) && s.Method != http.MethodConnect:
			target = strings.Replace(o.at(s), "{base}", o.base, 1)
		}
		b.WriteString(s.Method + " " + target + "\n")
		if name := otherName(s); name != "" {
			b.WriteString("Host: " + net.JoinHostPort(name, o.port) + "\n")
		}
		for _, f := range s.Fields {
			b.WriteString(f.Name + ": " + f.Value + "\n")
		}
		if s.Content != "" {
			b.WriteString("\n" + s.Content)
		}
		text = b.String()
	}
	return marked(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "{host}", o.authority))
}
