package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/capture/relay"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// liveAhead is how many exchanges may wait to be judged before the connections
// that they come from have to.
const liveAhead = 256

// mostTold is how many connections that did not come about are told of.
const mostTold = 100

// liveReady is what --ready writes. Its members stay; new ones may come.
type liveReady struct {
	Proxy   string   `json:"proxy,omitempty"`   // address for clients' proxy settings
	Reverse []string `json:"reverse,omitempty"` // in the order of --reverse
	CA      string   `json:"ca,omitempty"`      // file of the certificate to trust, with --open-tls
}

// liveSource opens the proxies. They end with the context; what they saw until
// then is the source.
func (f *lintFlags) liveSource(ctx context.Context, env *environment) ([]source, func() error, error) {
	r := &relay.Relay{}
	var err error
	if r.TLS, err = f.serverTLS(); err != nil {
		return nil, nil, err
	}
	var ready liveReady
	if f.openTLS {
		if r.Open, ready.CA, err = env.openAuthority(f.data); err != nil {
			return nil, nil, err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	var told struct {
		sync.Mutex
		n int
	}
	r.Trouble = func(err error) {
		told.Lock()
		defer told.Unlock()
		if told.n++; told.n > mostTold {
			return
		}
		fmt.Fprintf(env.stderr, "statute: %s\n", strings.Join(strings.Fields(visibleName(err.Error())), " "))
	}
	exchanges := make(chan *wire.Exchange, liveAhead)
	r.Record = func(x *wire.Exchange) { exchanges <- x }

	var running sync.WaitGroup
	end := func() {
		over, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		r.Shutdown(over)
		running.Wait()
	}
	run := func(flag, address string, serve func(net.Listener) error) (string, error) {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return "", cannot(lang.Text{En: "listen for " + flag, ZhTW: "為 " + flag + " 監聽"}, err,
				lang.Text{En: "choose a free port, or let one be chosen with port 0", ZhTW: "請選一個空的連接埠，或用連接埠 0 自動選擇"})
		}
		running.Go(func() { serve(l) })
		return "http://" + l.Addr().String(), nil
	}
	fail := func(err error) ([]source, func() error, error) {
		go func() { // so that no connection waits for a judge who will not come
			for range exchanges {
			}
		}()
		end()
		close(exchanges)
		stop()
		return nil, nil, err
	}
	var names []string
	if f.proxy != "" {
		if ready.Proxy, err = run("--proxy", f.proxy, r.Proxy); err != nil {
			return fail(err)
		}
		names = append(names, ready.Proxy)
	}
	for _, pair := range f.reverse {
		at, to, err := splitReverse(pair)
		if err != nil {
			return fail(err)
		}
		listening, err := run("--reverse", at, func(l net.Listener) error { return r.Reverse(l, to) })
		if err != nil {
			return fail(err)
		}
		ready.Reverse = append(ready.Reverse, listening)
		names = append(names, listening)
	}
	journal, err := f.openJournal()
	if err != nil {
		return fail(err)
	}
	if f.ready != "" {
		if err := writeReady(f.ready, ready); err != nil {
			return fail(cannot(lang.Text{En: "write " + f.ready, ZhTW: "寫入 " + f.ready}, err,
				lang.Text{En: "name a file in a folder that you may write to", ZhTW: "請指定一個可以寫入的資料夾裡的檔案"}))
		}
	}
	env.greetLive(&ready, f)
	context.AfterFunc(ctx, func() {
		end()
		close(exchanges)
	})
	live := source{name: strings.Join(names, " "), live: true, entries: func(context.Context) iter.Seq2[*capture.Entry, error] {
		return journal.entries(exchanges, stop)
	}}
	finish := func() error {
		stop()
		if f.ready != "" {
			os.Remove(f.ready)
		}
		if n := r.Tunnels(); n > 0 {
			fmt.Fprintln(env.stderr, env.in(lang.Text{
				En:   fmt.Sprintf("%d connections were passed on unread: TLS without --open-tls, or no HTTP.", n),
				ZhTW: fmt.Sprintf("有 %d 條連線未經讀取就轉送：沒有 --open-tls 的 TLS，或不是 HTTP。", n)}))
		}
		return journal.close()
	}
	return []source{live}, finish, nil
}

// splitReverse reads ADDRESS=UPSTREAM. The upstream is host and port, or
// http:// or https:// before it.
func splitReverse(pair string) (at string, to relay.Upstream, err error) {
	at, upstream, ok := strings.Cut(pair, "=")
	address, port := upstream, ""
	if rest, secure := strings.CutPrefix(upstream, "https://"); secure {
		address, port, to.TLS = rest, "443", true
	} else if rest, clear := strings.CutPrefix(upstream, "http://"); clear {
		address, port = rest, "80"
	}
	address = strings.TrimSuffix(address, "/")
	if _, _, splitErr := net.SplitHostPort(address); splitErr != nil && port != "" {
		address = net.JoinHostPort(strings.Trim(address, "[]"), port)
	}
	host, number, splitErr := net.SplitHostPort(address)
	if !ok || splitErr != nil || host == "" || number == "" || strings.Contains(address, "/") {
		return "", to, misuse(lang.Text{
			En:   fmt.Sprintf("--reverse cannot be %q", pair),
			ZhTW: fmt.Sprintf("--reverse 不能是 %q", pair),
		}, lang.Text{
			En:   "give two addresses such as 127.0.0.1:8081=127.0.0.1:3000 or 127.0.0.1:8081=https://example.org",
			ZhTW: "請給兩個位址，例如 127.0.0.1:8081=127.0.0.1:3000 或 127.0.0.1:8081=https://example.org"})
	}
	to.Address = address
	return at, to, nil
}

// serverTLS is how we speak TLS to servers.
func (f *lintFlags) serverTLS() (*tls.Config, error) {
	config := &tls.Config{InsecureSkipVerify: f.insecure}
	if f.trust == "" {
		return config, nil
	}
	octets, err := os.ReadFile(f.trust)
	if err == nil {
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs, err = x509.NewCertPool(), nil
		}
		if !config.RootCAs.AppendCertsFromPEM(octets) {
			err = errors.New("it holds no certificate in PEM")
		}
	}
	if err != nil {
		return nil, cannot(lang.Text{En: "read the authorities of --trust", ZhTW: "讀取 --trust 的憑證機構"}, err, lang.Text{})
	}
	return config, nil
}

// greetLive tells a person how to send traffic through.
func (env *environment) greetLive(r *liveReady, f *lintFlags) {
	say := func(t lang.Text, args ...any) { fmt.Fprintf(env.stderr, env.in(t)+"\n", args...) }
	if r.Proxy != "" {
		say(lang.Text{En: "Proxy at %[1]s: curl -x %[1]s ...", ZhTW: "代理位於 %[1]s：curl -x %[1]s ..."}, r.Proxy)
		if r.CA != "" {
			say(lang.Text{En: "TLS is opened for clients that trust %s.", ZhTW: "對信任 %s 的用戶端打開 TLS。"}, r.CA)
		}
	}
	for i, at := range r.Reverse {
		say(lang.Text{En: "%s stands in for %s.", ZhTW: "%s 代替 %s 監聽。"}, at, strings.SplitN(f.reverse[i], "=", 2)[1])
	}
	for _, at := range append([]string{f.proxy}, f.reverse...) {
		host, _, _ := net.SplitHostPort(strings.SplitN(at, "=", 2)[0])
		if ip := net.ParseIP(host); at != "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			say(lang.Text{En: "Note: %s can be reached from other machines.", ZhTW: "注意：%s 可以從其他機器連上。"}, strings.SplitN(at, "=", 2)[0])
		}
	}
	say(lang.Text{En: "Stop with Ctrl-C to see the report.", ZhTW: "按 Ctrl-C 停止並顯示報告。"})
}

// A liveJournal numbers live exchanges and keeps them, if it is to.
type liveJournal struct {
	mu   sync.Mutex // several addresses may be asked at a time
	file *os.File
	w    *bufio.Writer
	line []byte
	err  error
}

// openJournal opens what --journal names; without it nothing is kept. An
// existing journal goes on.
func (f *lintFlags) openJournal() (*liveJournal, error) {
	if f.journal == "" {
		return &liveJournal{}, nil
	}
	file, err := openJournal(f.journal)
	if err != nil {
		return nil, err
	}
	return &liveJournal{file: file, w: bufio.NewWriter(file)}, nil
}

// entries numbers the exchanges that come and writes each down. If nobody wants
// more of them, stop ends those who send them.
func (j *liveJournal) entries(from <-chan *wire.Exchange, stop func()) iter.Seq2[*capture.Entry, error] {
	return func(yield func(*capture.Entry, error) bool) {
		n := 0
		for x := range from {
			n++
			j.keep(x)
			if !yield(&capture.Entry{Number: n, Offset: -1, Exchange: x}, nil) {
				stop()
				for range from {
				}
				return
			}
		}
	}
}

func (j *liveJournal) keep(x *wire.Exchange) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.w == nil || j.err != nil {
		return
	}
	if j.line, j.err = capture.Append(j.line[:0], x); j.err == nil {
		j.w.Write(j.line)
		j.err = j.w.Flush()
	}
}

func (j *liveJournal) close() error {
	if j.file == nil {
		return nil
	}
	if err := j.file.Close(); j.err == nil {
		j.err = err
	}
	if j.err != nil {
		return cannotWriteJournal(j.err)
	}
	return nil
}
