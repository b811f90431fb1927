package site

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/needs"
	server "github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/store/memory"
	"github.com/statute-http/statute/wire"
)

// TestMain lets this program stand in for nc, which machines may lack.
func TestMain(m *testing.M) {
	if os.Getenv("SITE_TEST_NC") != "" {
		netcat(os.Args[1:])
		return
	}
	os.Exit(m.Run())
}

// netcat does what nc does with a host and a port: it sends its input, keeps the
// connection open after it, and prints what comes until the other side closes.
func netcat(args []string) {
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(args[len(args)-2], args[len(args)-1]), 5*time.Second)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	go io.Copy(conn, os.Stdin)
	io.Copy(os.Stdout, conn)
}

// innerStatus is the status of a part, which stands in the content of a 207.
var innerStatus = regexp.MustCompile(`<D:status>[^<]*</D:status>`)

var statusLine = regexp.MustCompile(`HTTP/[0-9.]+ ([0-9]{3})[ \r]`)

// TestCommands runs the commands of every scene in a shell, against our server,
// and expects the statuses that the page promises.
func TestCommands(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "head", "tr", "tee", "grep", "cut", "sleep"} {
		needs.Program(t, tool, "coreutils, curl or grep")
	}
	base, doors := serveLab(t)
	path := withNetcat(t)
	// curl draws its progress into what is no terminal, as this test is not.
	quiet := t.TempDir()
	if err := os.WriteFile(filepath.Join(quiet, ".curlrc"), []byte("silent\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	to := parseOrigin(base)
	to.doors = doors
	for _, s := range stage.All {
		t.Run(s.Code.String()+"/"+s.Name, func(t *testing.T) {
			t.Parallel()
			script, err := page{Lang: lang.En}.commands(s, to)
			if err != nil {
				t.Fatal(err)
			}
			if script == fmt.Sprintf("statute play %d --over h3 --at %s\n", s.Code, base) {
				return // our own player's, which the census tests
			}
			// The server of the test is less patient, and so is the test.
			script = strings.ReplaceAll(script, fmt.Sprintf("sleep %d", patience), "sleep 2")
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			sh := exec.CommandContext(ctx, "sh")
			sh.Dir = t.TempDir()
			sh.Stdin = strings.NewReader(script)
			sh.Env = append(os.Environ(), "PATH="+path, "CURL_HOME="+quiet, "SITE_TEST_NC=1", "no_proxy=*")
			// What a terminal shows: both, in order.
			out, err := sh.CombinedOutput()
			var got []string
			for _, m := range statusLine.FindAllStringSubmatch(innerStatus.ReplaceAllString(string(out), ""), -1) {
				got = append(got, m[1])
			}
			// How many signs of life there are depends on how long the work took.
			got = slices.CompactFunc(got, func(a, b string) bool { return a == "102" && b == "102" })
			want := strings.ReplaceAll(answersOf(s.Cue)+" "+answersOf(s.Control), ",", "")
			if strings.Join(got, " ") != want {
				t.Errorf("%s\ngets %v, want %s (%v)\n%.2000s", script, got, want, err, out)
			}
		})
	}
}

// TestPosedLines runs the posed command of every code that is ever sent.
func TestPosedLines(t *testing.T) {
	needs.Program(t, "curl", "curl")
	base, _ := serveLab(t)
	for _, d := range status.Table {
		want := d.Code.String()
		switch d.Appears {
		case "nowhere":
			continue
		case "multistatus":
			want = "207"
		}
		line := parseOrigin(base).posedLine(d.Code)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		out, _ := exec.CommandContext(ctx, "sh", "-c", line+" -s -m 5 </dev/null").Output()
		cancel()
		if m := statusLine.FindStringSubmatch(string(out)); m == nil || m[1] != want {
			t.Errorf("%s: want %s first, got %.100q", line, want, out)
		}
	}
}

// serveLab runs the site, the lab and the posed answers as statute serve does.
func serveLab(t *testing.T) (base string, doors Doors) {
	t.Helper()
	mux := http.NewServeMux()
	lab := stage.NewLab(memory.New(memory.Config{}), lang.En)
	mux.Handle("/lab/", lab)
	mux.Handle("/w/", lab)
	mux.Handle("/worlds", lab)
	mux.Handle("/status/", stage.NewPosed(stage.PosedConfig{LingerTime: time.Second}))
	mux.Handle("/", New(Config{}))
	authority, err := cert.Memory()
	if err != nil {
		t.Fatal(err)
	}
	mux.HandleFunc("/ca.pem", func(w http.ResponseWriter, r *http.Request) { w.Write(authority.PEM()) })
	gated := serve.Address([]string{"tea.test", "coffee.test"}, lang.En,
		serve.Extend(lab.Extensions(), lang.En, serve.Language(server.Methods, lang.En, serve.Replay(stage.Repeatable, nil, lang.En, mux))))
	secure := &tls.Config{GetCertificate: authority.GetCertificate, NextProtos: []string{"h2", "http/1.1"}}
	lab.At = serveAt(t, gated, secure)
	reach := &road.Reach{Lab: []string{lab.At}, Names: []string{"tea.test", "coffee.test"}}
	var proxy, portal http.Handler
	doors.Proxy = serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { proxy.ServeHTTP(w, r) }), nil)
	doors.Portal = serveAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { portal.ServeHTTP(w, r) }), nil)
	proxy, portal = lab.Roads(reach, doors.Proxy)
	t.Cleanup(lab.Close)
	return "http://" + lab.At, doors
}

// serveAt runs a handler and returns host and port.
func serveAt(t *testing.T, h http.Handler, secure *tls.Config) string {
	t.Helper()
	s := &serve.Server{Handler: h, TLS: secure, Limits: serve.Limits{
		First: time.Second, Head: time.Second, Stall: time.Second, Idle: time.Second, Linger: 100 * time.Millisecond}}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		s.Shutdown(ctx)
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return s.Addr().String()
}

// withNetcat returns a search path in which nc is this program.
func withNetcat(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "nc"), []byte("#!/bin/sh\nexec '"+self+"' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir + string(os.PathListSeparator) + os.Getenv("PATH")
}

// TestWords has a shell read words back that hold all that shells trip over.
func TestWords(t *testing.T) {
	needs.Program(t, "sh", "dash")
	o := parseOrigin("http://127.0.0.1:8080")
	long := strings.Repeat("x", 9000)
	for _, text := range []string{
		"plain", "", "two words", `it's "quoted" $HOME`, "`reboot`", `back\slash`, "a;b|c&d>e", "?*[a]{b}~", "50%", "é茶",
		"{nonce}", "/lab/{nonce}-new?x={nonce}y", `"{nonce}" $(reboot) ` + "`" + `\`, "a" + long + "b", long, `'` + long + `$`,
		"{location}", "/x{location}kitchen", "{location}{nonce}{location}/{nonce}_", "{nonce}" + long + "{location}",
	} {
		want := strings.NewReplacer("{nonce}", "tea-1", "{location}", "/w/a b/").Replace(text)
		for command, word := range map[string]string{
			"word":   "printf %s " + o.word(text),
			"printf": o.printf(text + "\r\n\x01"),
		} {
			out, err := exec.Command("sh", "-c", "n=tea-1 location='/w/a b/'; "+word).CombinedOutput()
			expect := want
			if command == "printf" {
				expect += "\r\n\x01"
			}
			if err != nil || string(out) != expect {
				t.Errorf("%s of %.60q: the shell reads %.60q (%v)\n%.200s", command, text, out, err, word)
			}
			if len(word) > 1000 {
				t.Errorf("%s of %.60q is %d octets long", command, text, len(word))
			}
		}
	}
}

func TestShown(t *testing.T) {
	o := parseOrigin("https://statute.test")
	for _, test := range []struct {
		step  stage.Step
		shown string
		line  string
	}{
		{stage.Step{Method: "PUT", Path: "/lab/{nonce}", Fields: wire.Fields{{Name: "X-A", Value: "b c"}}, Content: "tea"},
			"PUT /lab/{nonce}\nX-A: b c\n\ntea",
			`curl -i -X PUT -H 'X-A: b c' -H Content-Type: --data-binary tea "https://statute.test/lab/$n"`},
		{stage.Step{Method: "GET", Path: "/" + strings.Repeat("x", 8000)},
			"GET /{repeat:x:8000}\n",
			`curl -i "https://statute.test/$(head -c 8000 /dev/zero | tr '\0' x)"`},
		{stage.Step{Octets: "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"},
			"GET / HTTP/1.1\nHost: statute.test\n\n",
			`printf 'GET / HTTP/1.1\r\nHost: statute.test\r\n\r\n' | openssl s_client -quiet -connect statute.test:443`},
		{stage.Step{Octets: "GET / HTTP/1.1\r\nUpgrade: x\r\n\r\ntea", Manner: stage.Hold, Frames: "\x81\x00"},
			"GET / HTTP/1.1\nUpgrade: x\n\ntea",
			`{ printf 'GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n'; sleep 1; printf 'tea'; sleep 1; printf '\201\000'; } | openssl s_client -quiet -connect statute.test:443`},
		{stage.Step{Method: "HEAD", Path: "/", Manner: stage.AtOnce}, "HEAD /\n", "curl -I https://statute.test/"},
	} {
		if got := o.shown(test.step); got != test.shown {
			t.Errorf("shown as %q, want %q", got, test.shown)
		}
		if got := o.script([]stage.Step{test.step}, nil).Cue; len(got) != 1 || got[0] != test.line {
			t.Errorf("in a shell %q, want %q", got, test.line)
		}
	}
}

// TestScript has the lines for what a step can do besides being sent.
func TestScript(t *testing.T) {
	get := func(path string) stage.Step { return stage.Step{Method: "GET", Path: path, Status: 200} }
	post := stage.Step{Method: "POST", Path: "/a", Status: 201}
	again, later, retry, busy := get("/b"), get("/b"), get("/b"), get("/b")
	again.Again = true
	later.Wait = 1100 * time.Millisecond
	retry.Retry = true
	busy.Beside = []stage.Step{get("/c"), get("{location}c")}
	limited := get("/a")
	limited.Status = 429
	for _, test := range []struct {
		name         string
		cue, control []stage.Step
		want         string
	}{
		{"two requests on one connection", []stage.Step{get("/a"), again}, nil,
			"curl -i https://h.test/a --next -i https://h.test/b"},
		{"a wait", []stage.Step{get("/a"), later}, nil,
			"curl -i https://h.test/a\nsleep 2\ncurl -i https://h.test/b"},
		{"the last answer with Retry-After, another between", []stage.Step{limited, get("/c")}, []stage.Step{retry},
			fieldFunction + "\nanswer=$(curl -si https://h.test/a | tee /dev/stderr)\nretry=$(field Retry-After)\n" +
				"curl -i https://h.test/c\nsleep \"$retry\"\ncurl -i https://h.test/b"},
		{"any answer with Retry-After", []stage.Step{get("/a"), retry}, nil,
			fieldFunction + "\nanswer=$(curl -si https://h.test/a | tee /dev/stderr)\nretry=$(field Retry-After)\n" +
				"sleep \"$retry\"\ncurl -i https://h.test/b"},
		{"requests beside one, at a Location", []stage.Step{post, busy}, nil,
			fieldFunction + "\nanswer=$(curl -si -X POST https://h.test/a | tee /dev/stderr)\nlocation=$(field Location)\n" +
				"curl -i https://h.test/c &\ncurl -i \"https://h.test${location}c\" &\nsleep 0.2\ncurl -i https://h.test/b\nwait"},
		{"a Location of the cue in the control", []stage.Step{post, get("/c")}, []stage.Step{get("{location}"), get("{location}")},
			fieldFunction + "\nanswer=$(curl -si -X POST https://h.test/a | tee /dev/stderr)\nlocation=$(field Location)\n" +
				"curl -i https://h.test/c\ncurl -i \"https://h.test$location\"\ncurl -i \"https://h.test$location\""},
	} {
		s := parseOrigin("https://h.test").script(test.cue, test.control)
		got := strings.Join(slices.Concat(s.Before, s.Cue, s.Control), "\n")
		if got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
	}
}
