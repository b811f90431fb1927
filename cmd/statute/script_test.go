package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/house"
)

var update = flag.Bool("update", false, "write what the program prints into the golden sections of testdata/script")

// TestMain is main where this test binary is called "statute", or told to be by
// its environment: tests run the program as processes, which can be interrupted
// and measured.
func TestMain(m *testing.M) {
	if os.Getenv("STATUTE_RUN_MAIN") == "1" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"statute": main})
}

// TestScripts runs testdata/script/*.txt in the language of testscript, with
// commands of our own:
//
//	exits CODE PROGRAM ARGS...   run the program, which has to exit with CODE
//	await FILE                   wait for what serve --ready writes; set $HTTP, $HTTPS and $ADDRESS
//	watching FILE                wait for what lint --ready writes; set $PROXY, $REVERSE and $CA
//	get URL [PROXY [CA]]         send a GET, through the proxy; stdout is the answer
//	stranger                     start a server that answers 200 to almost everything; set $STRANGER
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "await": await, "watching": watching, "get": get, "stranger": stranger,
		},
		UpdateScripts:      *update,
		RequireUniqueNames: true,
	})
}

func exits(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run %s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func await(ts *testscript.TestScript, not bool, args []string) {
	var ready house.Ready
	readReady(ts, not, args, &ready)
	ts.Setenv("HTTP", ready.HTTP)
	ts.Setenv("HTTPS", ready.HTTPS)
	ts.Setenv("ADDRESS", ready.HTTP[len("http://"):])
}

func watching(ts *testscript.TestScript, not bool, args []string) {
	var ready liveReady
	readReady(ts, not, args, &ready)
	ts.Setenv("PROXY", ready.Proxy)
	ts.Setenv("CA", ready.CA)
	if len(ready.Reverse) > 0 {
		ts.Setenv("REVERSE", ready.Reverse[0])
	}
}

// readReady waits for a file that says where a program listens.
func readReady(ts *testscript.TestScript, not bool, args []string, ready any) {
	if not || len(args) != 1 {
		ts.Fatalf("usage: await FILE, watching FILE")
	}
	const patience, pause = 20 * time.Second, 10 * time.Millisecond
	file := ts.MkAbs(args[0])
	octets, err := os.ReadFile(file)
	for waited := time.Duration(0); err != nil && waited < patience; waited += pause {
		time.Sleep(pause)
		octets, err = os.ReadFile(file)
	}
	ts.Check(err)
	ts.Check(json.Unmarshal(octets, ready))
}

func get(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 1 || len(args) > 3 {
		ts.Fatalf("usage: get URL [PROXY [CA]]")
	}
	transport := &http.Transport{ForceAttemptHTTP2: true}
	if len(args) > 1 {
		through, err := url.Parse(args[1])
		ts.Check(err)
		transport.Proxy = http.ProxyURL(through)
	}
	if len(args) > 2 {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM([]byte(ts.ReadFile(args[2])))
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	client := http.Client{Timeout: 20 * time.Second, Transport: transport}
	defer client.CloseIdleConnections()
	answer, err := client.Get(args[0])
	ts.Check(err)
	defer answer.Body.Close()
	content, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), answer.Proto, answer.Status)
	answer.Header.Write(ts.Stdout())
	fmt.Fprintf(ts.Stdout(), "\n%s", content)
}

func stranger(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) > 0 {
		ts.Fatalf("usage: stranger")
	}
	authority, err := cert.Memory()
	ts.Check(err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ca.pem":
			w.Write(authority.PEM())
		case "/unauthorized":
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	ts.Defer(server.Close)
	ts.Setenv("STRANGER", server.URL)
}
