package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/server"
	"github.com/statute-http/statute/lang"
)

// serverFlags are what `statute exam server` can be told besides.
type serverFlags struct {
	examFlags
	write, secure, redirect, auth, socket, limited, ca string
	insecure, own                                      bool
	rate                                               int
}

func newExamServerCommand(env *environment) *cobra.Command {
	var f serverFlags
	cmd := &cobra.Command{
		Use:   "server [URL | FILE]",
		Short: env.in(lang.Text{En: "examine an HTTP server", ZhTW: "考 HTTP 伺服器"}),
		Long:  env.in(examServerHelp),
		Example: "statute exam server http://127.0.0.1:8080/file.txt\n" +
			"statute exam server nginx.txt --json nginx.json --expect nginx.expect\n" +
			"statute exam server https://localhost:8443/ --over h2,h3 --ca ca.pem",
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), env, args) },
	}
	f.define(env, cmd, server.All)
	flags := cmd.Flags()
	flags.StringVar(&f.write, "write", "", env.in(lang.Text{
		En: "allow unsafe methods below `PATH`; without it none is sent there", ZhTW: "允許在 `PATH` 之下使用不安全的方法；不給就不用"}))
	flags.StringVar(&f.secure, "secure", "", env.in(lang.Text{
		En: "the same server over TLS is at `URL`", ZhTW: "同一台伺服器的 TLS 在 `URL`"}))
	flags.StringVar(&f.redirect, "redirect", "", env.in(lang.Text{En: "`PATH` redirects", ZhTW: "`PATH` 會重新導向"}))
	flags.StringVar(&f.auth, "auth", "", env.in(lang.Text{
		En: "a path that wants credentials: `PATH:USER:PASSWORD`", ZhTW: "需要身分憑證的路徑：`PATH:USER:PASSWORD`"}))
	flags.StringVar(&f.socket, "socket", "", env.in(lang.Text{En: "`PATH` opens WebSockets", ZhTW: "`PATH` 會開啟 WebSocket"}))
	flags.StringVar(&f.limited, "limited", "", env.in(lang.Text{En: "`PATH` answers 429 to who asks too often", ZhTW: "`PATH` 會以 429 回應請求太頻繁的人"}))
	flags.StringVar(&f.ca, "ca", "", env.in(lang.Text{En: "trust the authorities in `FILE` (PEM)", ZhTW: "信任 `FILE`（PEM）裡的憑證機構"}))
	flags.BoolVar(&f.insecure, "insecure", false, env.in(lang.Text{En: "trust any certificate", ZhTW: "信任任何憑證"}))
	flags.BoolVar(&f.own, "yes-i-own-it", false, env.in(lang.Text{
		En: "examine a server that is not on this machine", ZhTW: "考不在這台機器上的伺服器"}))
	flags.IntVar(&f.rate, "rate", 0, env.in(lang.Text{
		En: "make at most `NUMBER` connections a second; 0 is no limit on this machine, and 10 elsewhere", ZhTW: "每秒最多建立 `NUMBER` 條連線；0 表示本機不限、他處 10 條"}))
	return cmd
}

var examServerHelp = lang.Text{
	En: "Asks a server exact questions, octet by octet or frame by frame, and grades the answers. Each case knows every answer that the specifications allow, with the reason; `--show` prints which of them came.\n\n" +
		"The path of `URL` is a resource that a GET finds: best a file of some hundred octets. What else the server can do is found by asking, or told by flags or in a `FILE`, a line each:\n\n" +
		"    name      nginx\n    url       http://127.0.0.1:8080/file.txt\n    secure    https://localhost:8443\n    redirect  /dir\n    auth      /private user password\n    write     /upload/\n    demands   /recipe\n    full      /quota/\n    socket    /socket\n    limited   /search\n\n" +
		"The exam is harmless: only safe methods are sent, except below the path that `--write` allows; a server elsewhere is examined with `--yes-i-own-it` only, at ten connections a second; User-Agent says who asks. Cases that wait for the server's own time limits are asked with `--slow`.",
	ZhTW: "逐位元組或逐訊框地向伺服器提出精確的問題，判斷它的回應。每一題都知道規格允許的所有回應及理由；`--show` 會印出得到的是哪一個。\n\n" +
		"`URL` 的路徑是 GET 找得到的資源，最好是幾百位元組的檔案。伺服器還會什麼，由提問得知，或以選項、`FILE` 告知，每行一項：\n\n" +
		"    name      nginx\n    url       http://127.0.0.1:8080/file.txt\n    secure    https://localhost:8443\n    redirect  /dir\n    auth      /private user password\n    write     /upload/\n    demands   /recipe\n    full      /quota/\n    socket    /socket\n    limited   /search\n\n" +
		"考試是無害的：除了 `--write` 所允許的路徑之下，只送安全的方法；不在本機的伺服器要加 `--yes-i-own-it` 才考，每秒十條連線；User-Agent 說明是誰在問。要等伺服器自己時限的題目，加 `--slow` 才考。",
}

func (f *serverFlags) run(ctx context.Context, env *environment, args []string) error {
	cases, err := f.chosen(server.All)
	if err != nil {
		return err
	}
	if f.list {
		env.listCases(cases)
		return nil
	}
	if len(args) != 1 {
		return misuse(lang.Text{En: "name one server, by its URL or the file that describes it", ZhTW: "請以 URL 或描述檔指定一台伺服器"},
			lang.Text{En: "statute exam server http://127.0.0.1:8080/", ZhTW: "statute exam server http://127.0.0.1:8080/"})
	}
	subject, err := f.subject(args[0])
	if err != nil {
		return misuse(lang.Text{En: err.Error(), ZhTW: err.Error()}, lang.Text{})
	}
	if !subject.Loopback() {
		if !f.own {
			return misuse(lang.Text{En: subject.Name + " is not on this machine", ZhTW: subject.Name + " 不在這台機器上"},
				lang.Text{En: "say --yes-i-own-it if it is yours", ZhTW: "若是您自己的，請加 --yes-i-own-it"})
		}
		if f.rate == 0 {
			f.rate = 10
		}
	}
	if f.rate > 0 {
		subject.Rate = time.Second / time.Duration(f.rate)
	}
	return f.examine(ctx, env, exam.Plan{Cases: cases, Subject: subject, Can: subject.Can()}, exam.Server, subject.About())
}

// subject makes the subject of a URL or a file, and of the flags.
func (f *serverFlags) subject(arg string) (*server.Subject, error) {
	s, err := subjectOf(arg)
	if err != nil {
		return nil, err
	}
	words := map[string]string{"secure": f.secure, "redirect": f.redirect, "write": f.write, "socket": f.socket, "limited": f.limited}
	if f.auth != "" {
		words["auth"] = strings.Replace(strings.Replace(f.auth, ":", " ", 1), ":", " ", 1)
	}
	for name, value := range words {
		if value == "" {
			continue
		}
		if err := s.Declare(name, strings.Fields(value)...); err != nil {
			return nil, fmt.Errorf("--%s: %w", name, err)
		}
	}
	switch {
	case f.insecure:
		s.TLS = &tls.Config{InsecureSkipVerify: true}
	case f.ca != "":
		octets, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("--ca: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(octets) {
			return nil, errors.New("--ca: there is no certificate in " + f.ca)
		}
		s.TLS = &tls.Config{RootCAs: pool}
	}
	return s, nil
}

func subjectOf(arg string) (*server.Subject, error) {
	if strings.Contains(arg, "://") {
		return server.NewSubject(arg)
	}
	file, err := os.Open(arg)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	s, err := server.ReadSubject(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", arg, err)
	}
	return s, nil
}
