package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/roster"
	"github.com/statute-http/statute/lang"
)

// clientFlags are what `statute exam client` can be told besides.
type clientFlags struct {
	examFlags
	adapter bool
	serve   string
}

func newExamClientCommand(env *environment) *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "client [CLIENT | -- COMMAND...]",
		Short: env.in(lang.Text{En: "examine an HTTP client", ZhTW: "考 HTTP 用戶端"}),
		Long:  env.in(examClientHelp),
		Example: "statute exam client curl\n" +
			"statute exam client go-net-http --over h1,h2 --topic redirection\n" +
			"statute exam client -- wget -q -O {out} {url}\n" +
			"statute exam client chromium --topic redirection\n" +
			"statute exam client --serve 127.0.0.1:8099 --json tea.json\n" +
			"statute exam client --adapter -- python3 my_adapter.py\n" +
			"statute exam client curl --json curl.json --expect curl.expect",
		ValidArgsFunction: func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(given) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return roster.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), env, args, cmd.ArgsLenAtDash())
		},
	}
	f.define(env, cmd, client.All)
	cmd.Flags().BoolVar(&f.adapter, "adapter", false, env.in(lang.Text{
		En: "the command is an adapter that speaks JSON lines", ZhTW: "指令是以 JSON 行溝通的轉接程式"}))
	cmd.Flags().StringVar(&f.serve, "serve", "", env.in(lang.Text{
		En:   "wait at `ADDRESS` for a client that drives itself over HTTP",
		ZhTW: "在 `ADDRESS` 等候透過 HTTP 自行領題的用戶端"}))
	return cmd
}

var examClientHelp = lang.Text{
	En: "Stages exact answers, octet by octet or frame by frame, on fresh loopback ports, and grades what the client does next.\n\n" +
		"`CLIENT` is one that is known by name (" + strings.Join(roster.Names(), ", ") + "), or the path of a profile of your own; `exam/client/profile.go` says how one is written.\n\n" +
		"A `COMMAND` behind `--` needs no more than `{url}` where the URL goes. Other placeholders tell the exam what else it can ask: `{out}` (file for the content), `{url2}` (a second URL on the same connection), `{method}`, `{header}`, `{body_file}`, `{user}`, `{pass}`, `{proxy}`, `{cacert}`, `{partial}`. With `--adapter` the command is a program that is started once and spoken to in JSON lines; it has to pass a self-test first. `adapters/README.md` has the protocol.\n\n" +
		"A browser is opened without a window and carries orders out as a page does: with fetch and WebSocket. Where the Fetch standard asks for something else than the RFCs, both verdicts are given.\n\n" +
		"With `--serve` the exam waits for a client that drives itself: it greets with `POST /exam/hello` and the hello of an adapter, asks `GET /exam/next?agent=NAME` for orders, reports with `POST /exam/result?agent=NAME`, and is done when an order is answered with 204.",
	ZhTW: "在全新的 loopback 連接埠上，逐位元組或逐訊框布置精確的回應，再判斷用戶端接下來怎麼做。\n\n" +
		"`CLIENT` 是已知名稱的用戶端（" + strings.Join(roster.Names(), "、") + "），或您自己的設定檔路徑；寫法見 `exam/client/profile.go`。\n\n" +
		"`--` 之後的 `COMMAND` 只需要以 `{url}` 標出網址的位置。其他的佔位符告訴考試還能考什麼：`{out}`（存內容的檔案）、`{url2}`（同一條連線的第二個網址）、`{method}`、`{header}`、`{body_file}`、`{user}`、`{pass}`、`{proxy}`、`{cacert}`、`{partial}`。加上 `--adapter` 時，指令是只啟動一次、以 JSON 行溝通的程式；它要先通過自我檢查。協定見 `adapters/README.md`。\n\n" +
		"瀏覽器會以無視窗模式開啟，像網頁一樣用 fetch 與 WebSocket 作答。Fetch 標準與 RFC 的要求不同時，兩種判定都列出。\n\n" +
		"使用 `--serve` 時，考試等候自行領題的用戶端：它以 `POST /exam/hello` 送出轉接程式的招呼，以 `GET /exam/next?agent=NAME` 領題，以 `POST /exam/result?agent=NAME` 交卷，領題得到 204 就是考完了。",
}

func (f *clientFlags) run(ctx context.Context, env *environment, args []string, dash int) error {
	cases, err := f.chosen(client.All)
	if err != nil {
		return err
	}
	if f.list {
		env.listCases(cases)
		return nil
	}
	if f.serve != "" {
		if len(args) > 0 {
			return misuse(lang.Text{En: "--serve takes whoever greets, so no client can be named", ZhTW: "--serve 考的是前來打招呼的用戶端，不能再指定"}, lang.Text{})
		}
		return f.serveLoop(ctx, env, cases)
	}
	subject, end, err := f.subject(ctx, args, dash)
	if err != nil {
		return err
	}
	defer end()
	return f.examine(ctx, env, client.Plan(subject, cases), exam.Client, subject.About())
}

// subject opens the client that the command line names.
func (f *clientFlags) subject(ctx context.Context, args []string, dash int) (client.Subject, func(), error) {
	nothing := func() {}
	doing := lang.Text{En: "find the client", ZhTW: "尋找用戶端"}
	switch {
	case dash == 0 && len(args) > 0 && f.adapter:
		a, err := client.NewAdapter(ctx, args...)
		if err != nil {
			return nil, nothing, cannot(doing, err, lang.Text{})
		}
		if err := client.SelfTest(ctx, a); err != nil {
			a.Close()
			return nil, nothing, cannot(lang.Text{En: "use the adapter", ZhTW: "使用轉接程式"}, err, lang.Text{
				En: "what it answers there is the adapter's fault: repair that first", ZhTW: "這是轉接程式本身的錯，請先修好"})
		}
		return a, a.Close, nil
	case dash == 0 && len(args) > 0 && !strings.Contains(strings.Join(args, " "), "{url}"):
		return nil, nothing, misuse(lang.Text{
			En:   "the command has no {url}: say where the URL goes",
			ZhTW: "指令裡沒有 {url}：請標出網址的位置"}, lang.Text{
			En: "for instance: statute exam client -- curl -s {url}", ZhTW: "例如：statute exam client -- curl -s {url}"})
	case dash == 0 && len(args) > 0:
		c, err := client.NewTemplate(ctx, args)
		if err != nil {
			return nil, nothing, cannot(doing, err, lang.Text{})
		}
		return c, nothing, nil
	case dash >= 0 || len(args) != 1:
		return nil, nothing, misuse(lang.Text{
			En:   "name one client, or a command behind --",
			ZhTW: "請指定一個用戶端，或在 -- 之後給一個指令"}, lang.Text{
			En:   "known by name: " + strings.Join(roster.Names(), ", "),
			ZhTW: "已知名稱的有：" + strings.Join(roster.Names(), "、")})
	case !strings.ContainsAny(args[0], `/\`) && !strings.HasSuffix(args[0], ".txt"):
		if !slices.Contains(roster.Names(), args[0]) {
			return nil, nothing, misuse(lang.Text{
				En:   fmt.Sprintf("no client is known as %q", args[0]),
				ZhTW: fmt.Sprintf("沒有名為「%s」的用戶端", args[0])}, lang.Text{
				En:   "known by name: " + strings.Join(roster.Names(), ", "),
				ZhTW: "已知名稱的有：" + strings.Join(roster.Names(), "、")})
		}
		subject, end, err := roster.Open(ctx, args[0])
		if err != nil {
			return nil, nothing, cannot(doing, err, lang.Text{En: "install it, or examine another", ZhTW: "請先安裝，或改考別的"})
		}
		return subject, end, nil
	}
	profile, err := readProfile(args[0])
	if err != nil {
		return nil, nothing, misuse(lang.Text{En: err.Error(), ZhTW: err.Error()}, lang.Text{})
	}
	c, err := client.NewCommand(ctx, profile)
	if err != nil {
		return nil, nothing, cannot(doing, err, lang.Text{En: "install it, or examine another", ZhTW: "請先安裝，或改考別的"})
	}
	return c, nothing, nil
}

// readProfile reads somebody's own profile.
func readProfile(name string) (*client.Profile, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	p, err := client.ReadProfile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}
