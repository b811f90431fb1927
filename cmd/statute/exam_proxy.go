package main

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/lang"
)

// proxyFlags are what `statute exam proxy` can be told besides.
type proxyFlags struct {
	examFlags
	mode, origin, host, login, name, version string
	tls, private                             bool
}

func newExamProxyCommand(env *environment) *cobra.Command {
	var f proxyFlags
	cmd := &cobra.Command{
		Use:   "proxy ADDRESS",
		Short: env.in(lang.Text{En: "examine a proxy or a gateway", ZhTW: "考代理或閘道"}),
		Long:  env.in(examProxyHelp),
		Example: "statute exam proxy 127.0.0.1:3128 --mode forward --login guest:guest\n" +
			"statute exam proxy 127.0.0.1:8080 --mode reverse --origin 127.0.0.1:9000\n" +
			"statute exam proxy --list --topic gateway",
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), env, args) },
	}
	f.define(env, cmd, proxy.All)
	flags := cmd.Flags()
	flags.StringVar(&f.mode, "mode", "", env.in(lang.Text{En: "how it stands: `MODE` is forward or reverse", ZhTW: "它的角色：`MODE` 是 forward 或 reverse"}))
	flags.StringVar(&f.origin, "origin", "", env.in(lang.Text{
		En: "listen on `ADDRESS` as the origin; a gateway has to be configured to pass requests there", ZhTW: "在 `ADDRESS` 當來源伺服器；閘道要設定成轉送到那裡"}))
	flags.StringVar(&f.host, "host", "", env.in(lang.Text{En: "send `HOST` to a gateway instead of its address", ZhTW: "送給閘道的 `HOST`，代替它的位址"}))
	flags.StringVar(&f.login, "login", "", env.in(lang.Text{En: "log in with `USER:PASSWORD`", ZhTW: "以 `USER:PASSWORD` 登入"}))
	flags.BoolVar(&f.tls, "tls", false, env.in(lang.Text{En: "speak HTTP/2 behind TLS, whatever the certificate", ZhTW: "在 TLS 上使用 HTTP/2，不檢查憑證"}))
	flags.BoolVar(&f.private, "private-cache", false, env.in(lang.Text{En: "its cache is for one user, not shared", ZhTW: "它的快取屬於單一使用者，不是共用的"}))
	flags.StringVar(&f.name, "name", "", env.in(lang.Text{En: "call it `NAME` in the results", ZhTW: "在結果中稱它為 `NAME`"}))
	flags.StringVar(&f.version, "subject-version", "", env.in(lang.Text{En: "and its version `VERSION`", ZhTW: "以及它的版本 `VERSION`"}))
	cmd.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions([]string{string(proxy.Forward), string(proxy.Reverse)}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

var examProxyHelp = lang.Text{
	En: "Stands on both sides of a proxy: as the client that sends exact requests, and as the origin that answers with exact octets. What both have seen decides.\n\n" +
		"A forward proxy (`--mode forward`) is sent the whole URI of an origin on a loopback port, and CONNECT; it has to allow that. A gateway (`--mode reverse`) has its upstream in its own configuration: `--origin` says where that is, and the exam listens there.\n\n" +
		"The proxy has to be on this machine; ADDRESS is its HOST:PORT, or http:// before that. Cases that wait for its own time limits are asked with `--slow` only. What a proxy cannot do, such as storing answers, is found by trying, and what depends on it is n/a.",
	ZhTW: "同時站在代理的兩側：當用戶端送出精確的請求，也當來源伺服器以精確的位元組回應。兩邊看到的，決定判定。\n\n" +
		"對正向代理（`--mode forward`）送出 loopback 連接埠上來源伺服器的完整 URI 與 CONNECT；它必須允許這樣做。閘道（`--mode reverse`）的上游寫在它自己的設定裡：`--origin` 指出位址，考試就在那裡監聽。\n\n" +
		"代理必須在這台機器上；ADDRESS 是它的 HOST:PORT，前面加 http:// 也可以。要等它自己時限的題目，加上 `--slow` 才考。代理做不到的事（例如儲存回應）由嘗試得知，依賴它的題目為 n/a。",
}

func (f *proxyFlags) run(ctx context.Context, env *environment, args []string) error {
	cases, err := f.chosen(proxy.All)
	if err != nil {
		return err
	}
	if f.list {
		env.listCases(cases)
		return nil
	}
	subject, err := f.subject(args)
	if err != nil {
		return err
	}
	if subject.Origin, err = proxy.Listen(f.origin); err != nil {
		return cannot(lang.Text{En: "stage the exam", ZhTW: "布置考試"}, err, lang.Text{
			En: "end what listens there, or name another address", ZhTW: "請結束占用該位址的程式，或改用別的位址"})
	}
	defer subject.Origin.Close()
	return f.examine(ctx, env, exam.Plan{Cases: cases, Subject: subject, Can: subject.Can()}, exam.Proxy, subject.About())
}

// subject is the proxy that the command line names.
func (f *proxyFlags) subject(args []string) (*proxy.Subject, error) {
	use := lang.Text{En: "statute help exam proxy shows how", ZhTW: "用法見 statute help exam proxy"}
	if len(args) != 1 {
		return nil, misuse(lang.Text{En: "name the address of one proxy", ZhTW: "請指定一個代理的位址"}, use)
	}
	address := args[0]
	if bare, ok := strings.CutPrefix(address, "http://"); ok {
		address = strings.TrimSuffix(bare, "/")
	}
	s := &proxy.Subject{Name: f.name, Version: f.version, Mode: proxy.Mode(f.mode), Address: address, Host: f.host, Private: f.private}
	if s.Name == "" {
		s.Name = address
	}
	switch {
	case s.Mode == proxy.Forward && f.origin == "":
		f.origin = "127.0.0.1:0"
	case s.Mode == proxy.Reverse && f.origin == "":
		return nil, misuse(lang.Text{En: "say with --origin where the gateway passes requests to", ZhTW: "請以 --origin 指出閘道把請求轉送到哪裡"}, use)
	case f.mode == "":
		return nil, misuse(lang.Text{En: "say with --mode how the proxy stands: forward or reverse", ZhTW: "請以 --mode 指出代理的角色：forward 或 reverse"}, use)
	case s.Mode != proxy.Forward && s.Mode != proxy.Reverse:
		return nil, misuse(lang.Text{En: fmt.Sprintf("--mode cannot be %q: choose forward or reverse", f.mode), ZhTW: fmt.Sprintf("--mode 不能是 %q：請選 forward 或 reverse", f.mode)}, use)
	}
	for _, address := range []string{address, f.origin} {
		if err := onLoopback(address); err != nil {
			return nil, misuse(lang.Text{En: err.Error(), ZhTW: err.Error()}, lang.Text{
				En: "the proxy and the origin have to be on this machine: 127.0.0.1:PORT", ZhTW: "代理伺服器與來源伺服器必須在這台機器上：127.0.0.1:PORT"})
		}
	}
	if f.login != "" {
		s.Login = "Basic " + base64.StdEncoding.EncodeToString([]byte(f.login))
	}
	if f.tls {
		s.TLS = &tls.Config{InsecureSkipVerify: true} // on loopback, with whatever certificate it was given
	}
	return s, nil
}

// onLoopback: the cases send what no server of somebody else's should be sent.
func onLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not HOST:PORT", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New(address + " is not on this machine")
	}
	return nil
}
