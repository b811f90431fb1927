package site

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
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

var statusLine = regexp.MustCompile(`HTTP/[0-9.]+ ([0-9]{3})[ \r]`)

// TestCommands runs the commands of every scene in a shell, against our server,
// and expects the statuses that the page promises.
func TestCommands(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "head", "tr"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the commands cannot be run here: %v", err)
		}
	}
	base := serveLab(t)
	path := withNetcat(t)
	for _, s := range stage.All {
		t.Run(s.Code.String()+"/"+s.Name, func(t *testing.T) {
			t.Parallel()
			script, err := page{Lang: lang.En}.commands(s, parseOrigin(base))
			if err != nil {
				t.Fatal(err)
			}
			// The server of the test is less patient, and so is the test.
			script = strings.ReplaceAll(script, fmt.Sprintf("sleep %d", patience), "sleep 2")
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			sh := exec.CommandContext(ctx, "sh")
			sh.Stdin = strings.NewReader(script)
			sh.Env = append(os.Environ(), "PATH="+path, "SITE_TEST_NC=1", "no_proxy=*")
			out, err := sh.Output()
			var got []string
			for _, m := range statusLine.FindAllStringSubmatch(string(out), -1) {
				got = append(got, m[1])
			}
			want := strings.ReplaceAll(answersOf(s.Cue)+" "+answersOf(s.Control), ",", "")
			if strings.Join(got, " ") != want {
				t.Errorf("%s\ngets %v, want %s (%v)\n%.2000s", script, got, want, err, out)
			}
		})
	}
}

// TestPosedLines runs the posed command of every code that is ever sent.
func TestPosedLines(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skipf("the commands cannot be run here: %v", err)
	}
	base := serveLab(t)
	for _, d := range catalogueOf().Codes {
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
func serveLab(t *testing.T) (base string) {
	t.Helper()
	mux := http.NewServeMux()
	lab := stage.NewLab(memory.New(memory.Config{}), lang.En)
	mux.Handle("/lab/", lab)
	mux.Handle("/w/", lab)
	mux.Handle("/worlds", lab)
	mux.Handle("/status/", stage.NewPosed(stage.PosedConfig{LingerTime: time.Second}))
	mux.Handle("/", New(Config{}))
	methods := []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
	s := &serve.Server{Handler: serve.Language(methods, lang.En, mux), Limits: serve.Limits{
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
	return "http://" + s.Addr().String()
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
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	o := parseOrigin("http://127.0.0.1:8080")
	long := strings.Repeat("x", 9000)
	for _, text := range []string{
		"plain", "", "two words", `it's "quoted" $HOME`, "`reboot`", `back\slash`, "a;b|c&d>e", "?*[a]{b}~", "50%", "é茶",
		"{nonce}", "/lab/{nonce}-new?x={nonce}y", `"{nonce}" $(reboot) ` + "`" + `\`, "a" + long + "b", long, `'` + long + `$`,
	} {
		want := strings.ReplaceAll(text, "{nonce}", "tea-1")
		for command, word := range map[string]string{
			"word":   "printf %s " + o.word(text),
			"printf": o.printf(text + "\r\n\x01"),
		} {
			out, err := exec.Command("sh", "-c", "n=tea-1; "+word).CombinedOutput()
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
		{stage.Step{Method: "HEAD", Path: "/", Manner: stage.AtOnce}, "HEAD /\n", "curl -I https://statute.test/"},
	} {
		if got := o.shown(test.step); got != test.shown {
			t.Errorf("shown as %q, want %q", got, test.shown)
		}
		if got := o.shellLines([]stage.Step{test.step}); len(got) != 1 || got[0] != test.line {
			t.Errorf("in a shell %q, want %q", got, test.line)
		}
	}
	again := o.shellLines([]stage.Step{{Method: "GET", Path: "/a"}, {Method: "GET", Path: "/b", Again: true}})
	if len(again) != 1 || again[0] != "curl -i https://statute.test/a --next -i https://statute.test/b" {
		t.Errorf("two requests on one connection: %q", again)
	}
}
