package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage/play"
)

// player returns who plays: against the server at --at, or against one opened
// for the purpose, which has to be closed.
func (f *playFlags) player(ctx context.Context) (player *play.Player, closeHouse func(), err error) {
	if f.at != "" {
		player, err := playerAt(ctx, f.at)
		return player, func() {}, err
	}
	h, err := house.Open(house.Config{Limits: serve.Limits{First: time.Second, Head: time.Second, Stall: time.Second}})
	if err != nil {
		return nil, nil, cannot(lang.Text{En: "open a server to play against", ZhTW: "開啟演出用的伺服器"}, err,
			lang.Text{En: "play against a running one with --at URL", ZhTW: "可以用 --at URL 對執行中的伺服器演出"})
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		h.Serve()
	}()
	closeHouse = func() {
		end, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		h.Shutdown(end)
		<-served
	}
	return h.Player(), closeHouse, nil
}

// playerAt asks the server at the URL for its certificate authority.
func playerAt(ctx context.Context, at string) (*play.Player, error) {
	u, err := url.Parse(at)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" {
		return nil, misuse(lang.Text{
			En:   fmt.Sprintf("--at cannot be %q", at),
			ZhTW: fmt.Sprintf("--at 不能是 %q", at),
		}, lang.Text{
			En:   "give scheme, host and port such as http://127.0.0.1:8080",
			ZhTW: "請給協定、主機和連接埠，例如 http://127.0.0.1:8080"})
	}
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	trust, err := fetchAuthority(ctx, "http://"+address+"/ca.pem")
	if err != nil {
		return nil, cannot(
			lang.Text{En: "ask " + at + " for its certificate authority", ZhTW: "向 " + at + " 取得憑證機構"}, err,
			lang.Text{En: "is it a statute server, and does it run? Start one with: statute serve",
				ZhTW: "它是執行中的 statute 伺服器嗎？可以這樣啟動：statute serve"})
	}
	player := &play.Player{Address: address, TLS: trust, Secure: u.Scheme == "https"}
	player.Proxy, player.Portal, err = fetchDoors(ctx, "http://"+address+"/.well-known/statute")
	if err != nil {
		return nil, cannot(lang.Text{En: "ask " + at + " where everything is", ZhTW: "向 " + at + " 詢問各項服務的位置"}, err, lang.Text{})
	}
	return player, nil
}

// fetchDoors asks the server where its forward proxy and its interceptor are; a
// server that does not say has none.
func fetchDoors(ctx context.Context, from string) (proxy, portal string, err error) {
	octets, code, err := fetch(ctx, from)
	if err != nil || code != http.StatusOK {
		return "", "", err
	}
	var ready house.Ready
	if json.Unmarshal(octets, &ready) != nil {
		return "", "", nil
	}
	return strings.TrimPrefix(ready.Proxy, "http://"), strings.TrimPrefix(ready.Portal, "http://"), nil
}

// fetchAuthority fetches a certificate from the server itself.
func fetchAuthority(ctx context.Context, from string) (*tls.Config, error) {
	octets, code, err := fetch(ctx, from)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if code != http.StatusOK || !roots.AppendCertsFromPEM(octets) {
		return nil, errors.New(from + " is no certificate")
	}
	return &tls.Config{RootCAs: roots}, nil
}

// fetch gets something small from the server as the scenes will reach it:
// through no proxy, and from nowhere else.
func fetch(ctx context.Context, from string) (content []byte, code int, err error) {
	const patience, mostOctets = 10 * time.Second, 64 << 10
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, 0, err
	}
	answer, err := client.Do(q)
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	content, err = io.ReadAll(io.LimitReader(answer.Body, mostOctets))
	return content, answer.StatusCode, err
}
