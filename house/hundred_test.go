package house_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/wire"
)

// -players=100 is the whole proof.
var (
	playersOfEach = flag.Int("players", 2, "how many players of each scene TestHundred has play at once")
	onlyScenes    = flag.String("scenes", "", "which scenes TestHundred has played: a regular expression for names like h2/412/stale-tag")
)

// forgets lists the scenes whose control rests on what a server knows only while
// it runs, each with the reason: after a restart they do not come true, and have
// not to. What was stored is in none of them.
var forgets = map[string]string{
	"103/while-it-steeps":     "that a pot is warm is not kept",
	"202/steeping":            "the tea was ready before the control asked whether it was",
	"304/by-the-cache-itself": "what a cache holds is not kept",
	"402/paid-too-late":       "the new price is good for four seconds, and the restart may take longer",
}

// TestHundred has many players play each scene over each protocol at once, on a
// server that is killed when all cues are over, and started again for the
// controls: the codes are right, and nothing that was acknowledged is lost.
func TestHundred(t *testing.T) {
	scenesOf, err := regexp.Compile(*onlyScenes)
	if err != nil {
		t.Fatal(err)
	}
	type part struct {
		scene *stage.Scene
		over  wire.Protocol
	}
	var parts []part
	for i := range stage.All {
		for _, over := range wire.Protocols {
			if stage.All[i].Plays(over) && scenesOf.MatchString(fmt.Sprintf("%s/%d/%s", over, stage.All[i].Code, stage.All[i].Name)) {
				parts = append(parts, part{&stage.All[i], over})
			}
		}
	}
	server := newMortal(t)
	defer server.kill()
	// Plays that wait for a restart together. Most of them are in the world that
	// everybody shares, which has room for a few hundred documents and forgets the
	// oldest when more come.
	atOnce := 300
	if *playersOfEach > 50 {
		atOnce = *playersOfEach // scenes one by one
	}
	for batch := range slices.Chunk(parts, max(1, atOnce / *playersOfEach)) {
		places := make(chan struct{}, max(48, *playersOfEach))
		var ready, plays sync.WaitGroup
		again := make(chan struct{})
		for _, p := range batch {
			for range *playersOfEach {
				ready.Add(1)
				plays.Go(func() {
					places <- struct{}{}
					defer func() { <-places }()
					player := server.player()
					player.Intermission = func() {
						ready.Done()
						<-places
						<-again
						// People do not all come back in the same millisecond.
						time.Sleep(rand.N(time.Duration(*playersOfEach) * 5 * time.Millisecond))
						places <- struct{}{}
					}
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
					defer cancel()
					name := fmt.Sprintf("%d/%s", p.scene.Code, p.scene.Name)
					its := player.Play(ctx, p.scene, p.over)
					if its.Err != nil && (forgets[name] == "" || !strings.HasPrefix(its.Err.Error(), "control")) {
						last := slices.Concat(its.Cue, its.Control)
						t.Errorf("%s over %s: %v: %v then %v; the last answer says %.300s", name, p.over, its.Err,
							play.Statuses(its.Cue), play.Statuses(its.Control), last[len(last)-1].Answer().Content.Data)
					}
				})
			}
		}
		ready.Wait()
		server.kill()
		server.start(t)
		close(again)
		plays.Wait()
		t.Logf("%d plays of %d/%s to %d/%s", len(batch)**playersOfEach, batch[0].scene.Code, batch[0].scene.Name,
			batch[len(batch)-1].scene.Code, batch[len(batch)-1].scene.Name)
	}
}

// A mortal is a server in a process of its own, which can be killed and started
// again at the same addresses with the same data.
type mortal struct {
	config  mortalConfig
	ready   house.Ready
	trust   *tls.Config
	command *exec.Cmd
}

type mortalConfig struct {
	Listen, Proxy, Portal, Data string
	Limit                       time.Duration
}

// asServer has the test's own program be the server instead of the tests.
const asServer = "STATUTE_TEST_SERVER"

func TestMain(m *testing.M) {
	flag.Parse()
	if text := os.Getenv(asServer); text != "" {
		if err := serveMortal(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	os.Exit(m.Run())
}

func serveMortal(text string) error {
	var c mortalConfig
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	h, err := house.Open(house.Config{
		Listen: c.Listen, Proxy: c.Proxy, Portal: c.Portal, Data: c.Data,
		Limits: serve.Limits{First: c.Limit, Head: c.Limit, Stall: c.Limit},
	})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(h.Ready()); err != nil {
		return err
	}
	go func() { // whoever started it is gone: so is it
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	return h.Serve()
}

func newMortal(t *testing.T) *mortal {
	t.Helper()
	m := &mortal{config: mortalConfig{Listen: "127.0.0.1:0", Proxy: "127.0.0.1:0", Portal: "127.0.0.1:0", Data: t.TempDir(), Limit: 4 * time.Second}}
	if *playersOfEach > 50 {
		m.config.Limit = 12 * time.Second // a busy machine takes long for handshakes
	}
	m.start(t)
	hostOf := func(uri string) string {
		_, authority, _ := strings.Cut(uri, "://")
		return strings.TrimSuffix(authority, "/")
	}
	m.config.Listen, m.config.Proxy, m.config.Portal = hostOf(m.ready.HTTP), hostOf(m.ready.Proxy), hostOf(m.ready.Portal)
	answer, err := http.Get(m.ready.CA)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	pem, err := io.ReadAll(answer.Body)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		t.Fatalf("the authority's certificate: %v %s", err, pem)
	}
	m.trust = &tls.Config{RootCAs: pool}
	return m
}

func (m *mortal) player() *play.Player {
	return &play.Player{Address: m.config.Listen, Proxy: m.config.Proxy, Portal: m.config.Portal, TLS: m.trust, Patience: 5 * time.Minute}
}

func (m *mortal) start(t *testing.T) {
	t.Helper()
	text, err := json.Marshal(m.config)
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	m.command = exec.Command(program)
	m.command.Env = append(os.Environ(), asServer+"="+string(text))
	var complaints bytes.Buffer
	m.command.Stderr = &complaints
	if _, err := m.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := m.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &m.ready)
	}
	if err != nil {
		m.kill()
		t.Fatalf("the server did not start: %v %s%s", err, line, complaints.String())
	}
}

func (m *mortal) kill() {
	m.command.Process.Kill()
	m.command.Wait()
}
