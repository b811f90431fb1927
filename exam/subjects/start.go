package subjects

import (
	"context"
	"crypto/tls"
	"debug/buildinfo"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/exam/server"
)

const (
	startTime = 20 * time.Second // until it listens
	thenTime  = 10 * time.Second // what runs then, and asking for a version
	endTime   = 3 * time.Second  // to end of its own accord
	old       = 2 * time.Hour    // of files: what was made just now has weak validators only
)

// Running is a subject that runs.
type Running struct {
	*Subject
	Version string
	Server  *server.Subject // one of both
	Proxy   *proxy.Subject

	origin string // of a proxy, host and port
	places places
	dir    string
	cmd    *exec.Cmd
	said   *tail
	ended  chan struct{} // closed when the process is gone
	guard  *guard        // of what runs
}

// Start starts the subject and waits until it listens. End it.
func (s *Subject) Start(ctx context.Context) (*Running, error) { return s.StartBefore(ctx, "") }

// StartBefore starts a proxy before somebody's own origin, at a host and port of
// loopback; without one it gets the exam's.
func (s *Subject) StartBefore(ctx context.Context, origin string) (*Running, error) {
	if err := s.Missing(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "statute-"+s.Name+"-")
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	r := &Running{Subject: s, origin: origin, dir: dir, said: new(tail)}
	if err := r.start(ctx); err != nil {
		r.End()
		return nil, fmt.Errorf("start %s: %w", s.Name, err)
	}
	return r, nil
}

func (r *Running) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	if r.Role == exam.Proxy {
		r.Proxy = &proxy.Subject{}
	}
	if r.Role == exam.Proxy && r.origin == "" {
		origin, err := proxy.Listen("127.0.0.1:0")
		if err != nil {
			return err
		}
		r.Proxy.Origin, r.origin = origin, origin.Addr()
	}
	if err := r.furnish(); err != nil {
		return err
	}
	if r.build != "" {
		words := []string{"go", "build", "-o", r.places[filepath.Base(r.build)], "github.com/statute-http/statute/" + r.build}
		if out, err := exec.CommandContext(ctx, find(words[0]), words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, out)
		}
	}
	if err := r.known(ctx); err != nil {
		return err
	}
	// The subject outlives the time for starting it.
	r.cmd = r.command(context.Background(), r.Subject.start)
	r.cmd.Stdout, r.cmd.Stderr = r.said, r.said
	if err := r.cmd.Start(); err != nil {
		r.cmd = nil
		return err
	}
	r.ended = make(chan struct{})
	go func() {
		defer close(r.ended)
		r.cmd.Wait()
	}()
	var err error
	if r.guard, err = newGuard(r.cmd.Process.Pid, r.dir); err != nil {
		return err
	}
	for _, address := range r.addresses() {
		if err := r.listens(ctx, address); err != nil {
			return err
		}
	}
	for _, words := range r.then {
		then, done := context.WithTimeout(ctx, thenTime)
		out, err := r.command(then, words).CombinedOutput()
		done()
		if err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, out)
		}
	}
	return nil
}

// furnish chooses ports and fills the folder.
func (r *Running) furnish() error {
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	tools := filepath.Join(r.dir, "tools")
	r.places = places{
		"dir": r.dir, "port": ports[0], "secure": ports[1], "spare": ports[2], "modules": r.modules(),
		"cert": filepath.Join(tools, "cert.pem"), "key": filepath.Join(tools, "key.pem"), "both": filepath.Join(tools, "both.pem"),
	}
	if r.golang != "" {
		r.places[program(r.golang)] = r.binary()
	}
	if r.build != "" {
		r.places[filepath.Base(r.build)] = filepath.Join(tools, filepath.Base(r.build))
	}
	if r.Proxy != nil {
		if _, r.places["origin"], err = net.SplitHostPort(r.origin); err != nil {
			return fmt.Errorf("the origin: %w; write it as 127.0.0.1:8080", err)
		}
	}
	certificate, key, err := credentials()
	if err != nil {
		return err
	}
	shared, err := texts.ReadFile("folder.txt")
	if err != nil {
		return err
	}
	files := slices.Concat(txtar.Parse(shared).Files, r.files, []txtar.File{
		{Name: "tools/cert.pem", Data: certificate}, {Name: "tools/key.pem", Data: key},
		{Name: "tools/both.pem", Data: slices.Concat(certificate, key)}})
	for _, f := range files {
		if err := r.put(f); err != nil {
			return err
		}
	}
	// Many a server gives its rights away and still has to write: whoever knows
	// the folder's name may, and nobody can list it.
	return os.Chmod(r.dir, 0o711)
}

// put writes a file of the folder.
func (r *Running) put(f txtar.File) error {
	name := filepath.Join(r.dir, filepath.FromSlash(f.Name))
	for dir := filepath.Dir(name); dir != r.dir; dir = filepath.Dir(dir) {
		defer os.Chmod(dir, 0o777)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(name, []byte(r.places.fill(string(f.Data))), 0o666); err != nil {
		return err
	}
	when := time.Now().Add(-old)
	return errors.Join(os.Chmod(name, 0o666), os.Chtimes(name, when, when))
}

// credentials are a certificate for this machine and its key.
func credentials() (certificate, key []byte, err error) {
	authority, err := cert.Memory()
	if err != nil {
		return nil, nil, err
	}
	leaf, err := authority.Leaf("localhost", "127.0.0.1")
	if err != nil {
		return nil, nil, err
	}
	return encode(leaf)
}

// known finds the version, and reads what is declared.
func (r *Running) known(ctx context.Context) error {
	asking, cancel := context.WithTimeout(ctx, thenTime)
	defer cancel()
	if len(r.version) > 0 {
		out, err := r.command(asking, r.version).CombinedOutput()
		if r.Version = number.FindString(string(out)); r.Version == "" {
			return fmt.Errorf("%s prints no version: %w: %.200s", strings.Join(r.version, " "), err, out)
		}
	} else if r.build != "" {
		info, err := buildinfo.ReadFile(r.places[filepath.Base(r.build)])
		if err != nil {
			return err
		}
		r.Version = info.Main.Version
	} else {
		_, r.Version, _ = strings.Cut(r.golang, "@")
	}
	declared := r.places.fill(r.declared)
	if r.Role == exam.Server {
		s, err := server.ReadSubject(strings.NewReader(declared))
		if err != nil {
			return err
		}
		s.Name, s.Version, s.TLS = r.Name, r.Version, whoever
		r.Server = s
		return nil
	}
	s, err := readProxy(declared)
	if err != nil {
		return err
	}
	s.Name, s.Version, s.Origin, s.Address = r.Name, r.Version, r.Proxy.Origin, "127.0.0.1:"+r.places["port"]
	r.Proxy = s
	return nil
}

// whoever is trusted: a subject is on loopback, and some have certificates of
// their own.
var whoever = &tls.Config{InsecureSkipVerify: true}

var number = regexp.MustCompile(`\d+(\.\d+)+[-+~.\w]*`)

func declareProxy(s *proxy.Subject, what, word string) error {
	switch what {
	case "mode":
		s.Mode = proxy.Mode(word)
		if s.Mode != proxy.Forward && s.Mode != proxy.Reverse {
			return fmt.Errorf("mode cannot be %q: write forward or reverse", word)
		}
	case "login":
		s.Login = "Basic " + base64.StdEncoding.EncodeToString([]byte(word))
	case "tls":
		s.TLS = whoever
	case "private":
		s.Private = true
	default:
		return fmt.Errorf("there is no %q: write needs, npm, go, build, version, start, then, over, mode, login, tls or private", what)
	}
	return nil
}

// addresses are where it has to listen.
func (r *Running) addresses() []string {
	if r.Proxy != nil {
		return []string{r.Proxy.Address}
	}
	all := []string{r.Server.URL.Host}
	if u := r.Server.SecureURL; u != nil {
		all = append(all, u.Host)
	}
	return all
}

// listens waits until somebody listens there.
func (r *Running) listens(ctx context.Context, address string) error {
	for {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			return c.Close()
		}
		select {
		case <-r.ended:
			return fmt.Errorf("it ended at once: %s", r.said)
		case <-ctx.Done():
			return fmt.Errorf("it does not listen at %s: %s", address, r.said)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// command makes a command of words with places. It sees a home of its own.
func (r *Running) command(ctx context.Context, words []string) *exec.Cmd {
	environment := append(os.Environ(), "HOME="+r.dir, "XDG_DATA_HOME="+r.dir, "XDG_CONFIG_HOME="+r.dir, "XDG_CACHE_HOME="+r.dir, "LC_ALL=C")
	filled := make([]string, len(words))
	for i, w := range words {
		filled[i] = r.places.fill(w)
	}
	for len(filled) > 1 && assignment.MatchString(filled[0]) {
		environment, filled = append(environment, filled[0]), filled[1:]
	}
	cmd := exec.CommandContext(ctx, find(filled[0]), filled[1:]...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = environment, r.dir, time.Second
	client.Alone(cmd)
	return cmd
}

var assignment = regexp.MustCompile(`^[A-Z_]+=`)

// End ends the subject, whatever it started, and the origin behind it, and
// removes its folder.
func (r *Running) End() {
	if r.cmd != nil {
		r.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-r.ended:
		case <-time.After(endTime):
		}
		if r.guard != nil {
			r.guard.release()
		}
		client.Kill(r.cmd)
		<-r.ended
	}
	if r.Proxy != nil && r.Proxy.Origin != nil {
		r.Proxy.Origin.Close()
	}
	os.RemoveAll(r.dir)
}

// places are what stands for words in braces.
type places map[string]string

func (p places) fill(text string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(p)) {
		pairs = append(pairs, "{"+name+"}", p[name])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// freePorts are free for TCP and UDP, all different.
func freePorts(n int) ([]string, error) {
	var ports []string
	for tries := 0; len(ports) < n; tries++ {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer ln.Close()
		port := ln.Addr().(*net.TCPAddr).Port
		udp, err := net.ListenPacket("udp", ln.Addr().String())
		if err != nil {
			if tries > 20 {
				return nil, fmt.Errorf("find a free port: %w", err)
			}
			continue
		}
		udp.Close()
		ports = append(ports, strconv.Itoa(port))
	}
	return ports, nil
}
