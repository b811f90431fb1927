package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/report"
)

// lintFlags are what `statute lint` can be told.
type lintFlags struct {
	request, response string   // raw messages
	proxy             string   // where to listen as a forward proxy
	reverse           []string // where to listen, and for which upstream
	openTLS           bool
	trust             string
	insecure          bool
	over              []string
	journal, ready    string
	data              string

	format, out             string
	show                    int
	failOn                  string
	rules, ignore           []string
	baseline, writeBaseline string
	explain                 string
}

func newLintCommand(env *environment) *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use: "lint [FILE|URL|-]...",
		Short: env.in(lang.Text{
			En:   "name every exchange that breaks what its status code obliges",
			ZhTW: "找出每一次違反狀態碼義務的往來"}),
		Long: env.in(lintHelp),
		Example: "statute lint site.har crawl.warc.gz\n" +
			"curl -sv https://example.org/ 2>&1 | statute lint -\n" +
			"statute lint https://example.org/ --over h1,h2,h3\n" +
			"statute lint --proxy 127.0.0.1:8888 --open-tls --journal traffic.jsonl\n" +
			"statute lint --reverse 127.0.0.1:8081=127.0.0.1:3000 --format json\n" +
			"statute lint api.har --format sarif --out lint.sarif --baseline known.json",
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), env, args) },
	}
	f.define(env, cmd)
	return cmd
}

func (f *lintFlags) define(env *environment, cmd *cobra.Command) {
	flags := cmd.Flags()
	text := func(to *string, name, value string, says lang.Text) { flags.StringVar(to, name, value, env.in(says)) }

	text(&f.request, "request", "", lang.Text{
		En: "read raw HTTP/1.1 requests from `FILE`; goes with --response", ZhTW: "從 `FILE` 讀取原始 HTTP/1.1 請求，與 --response 搭配"})
	text(&f.response, "response", "", lang.Text{
		En: "read the raw answers to them from `FILE`", ZhTW: "從 `FILE` 讀取對應的原始回應"})
	text(&f.proxy, "proxy", "", lang.Text{
		En:   "be a forward proxy at `ADDRESS` and judge what passes, until interrupted",
		ZhTW: "在 `ADDRESS` 擔任正向代理伺服器，判斷經過的流量，直到被中斷"})
	flags.StringArrayVar(&f.reverse, "reverse", nil, env.in(lang.Text{
		En:   "listen at one address for the server at another, `ADDRESS=UPSTREAM`, and judge what passes; may be given several times",
		ZhTW: "在一個位址代另一個位址的伺服器監聽（`ADDRESS=UPSTREAM`），判斷經過的流量；可以給多次"}))
	flags.BoolVar(&f.openTLS, "open-tls", false, env.in(lang.Text{
		En:   "open the TLS that goes through --proxy with certificates of the local authority, which the client has to trust",
		ZhTW: "用本機憑證機構的憑證打開經過 --proxy 的 TLS；用戶端必須信任該機構"}))
	text(&f.trust, "trust", "", lang.Text{
		En: "trust the authorities in `FILE` (PEM), beside the system's, when we speak TLS to a server", ZhTW: "以 TLS 連到伺服器時，除了系統的憑證機構，也信任 `FILE`（PEM）裡的"})
	flags.BoolVar(&f.insecure, "insecure", false, env.in(lang.Text{
		En: "take any certificate of a server", ZhTW: "接受伺服器的任何憑證"}))
	flags.StringSliceVar(&f.over, "over", []string{"h1"}, env.in(lang.Text{
		En: "ask a URL over these `PROTOCOLS`: h1, h2, h3, separated by commas", ZhTW: "以這些協定 `PROTOCOLS` 詢問 URL：h1、h2、h3，以逗號分隔"}))
	text(&f.journal, "journal", "", lang.Text{
		En: "keep the exchanges of live traffic in `FILE`, which statute lint reads", ZhTW: "把即時流量的往來存到 `FILE`，statute lint 可以讀取"})
	text(&f.ready, "ready", "", lang.Text{
		En: "write where --proxy and --reverse listen to `FILE`, as JSON, once they do", ZhTW: "開始監聽後，把 --proxy 與 --reverse 的位址以 JSON 寫入 `FILE`"})
	text(&f.data, "data", "", dataFlag)

	text(&f.format, "format", "text", lang.Text{
		En:   "report as `FORMAT`: " + strings.Join(report.Formats, ", "),
		ZhTW: "報告的格式 `FORMAT`：" + strings.Join(report.Formats, "、")})
	text(&f.out, "out", "", lang.Text{En: "write the report to `FILE`", ZhTW: "把報告寫到 `FILE`"})
	flags.IntVar(&f.show, "show", 0, env.in(lang.Text{
		En: "show `NUMBER` findings of each rule and count the rest; without it, as many as suits the format", ZhTW: "每條規則顯示 `NUMBER` 處，其餘只計數；沒有指定時依格式而定"}))
	text(&f.failOn, "fail-on", string(lint.Definition), lang.Text{
		En:   "exit with 1 if there is a finding of `LEVEL` or graver: must, should, definition, advice; or never",
		ZhTW: "有 `LEVEL` 或更嚴重的發現時，以 1 結束：must、should、definition、advice；或 never"})
	flags.StringSliceVar(&f.rules, "rule", nil, env.in(lang.Text{
		En: "judge by these `RULES` alone, separated by commas", ZhTW: "只用這些規則 `RULES` 判斷，以逗號分隔"}))
	flags.StringSliceVar(&f.ignore, "ignore", nil, env.in(lang.Text{
		En: "judge without these `RULES`", ZhTW: "不用這些規則 `RULES`"}))
	text(&f.baseline, "baseline", "", lang.Text{
		En: "leave out the findings that `FILE` knows", ZhTW: "略過 `FILE` 裡已知的發現"})
	text(&f.writeBaseline, "write-baseline", "", lang.Text{
		En: "write all findings to `FILE`, for --baseline; they do not fail", ZhTW: "把所有發現寫到 `FILE`，供 --baseline 使用；這些發現不算失敗"})
	text(&f.explain, "explain", "", lang.Text{
		En: "explain `RULE` and judge nothing", ZhTW: "說明規則 `RULE`，不做判斷"})

	complete := func(flag string, values ...string) {
		cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	complete("format", report.Formats...)
	complete("fail-on", failLevels()...)
	complete("over", "h1", "h2", "h3")
	for _, flag := range []string{"rule", "ignore", "explain"} {
		complete(flag, ruleNames()...)
	}
	cmd.MarkFlagDirname("data")
}

// failLevels are what --fail-on takes.
func failLevels() []string {
	var names []string
	for _, l := range lint.Levels {
		names = append(names, string(l))
	}
	return append(names, "never")
}

// checker returns who judges: all rules, or those that are chosen.
func (f *lintFlags) checker() (*lint.Checker, error) {
	for _, name := range slices.Concat(f.rules, f.ignore) {
		if _, ok := lint.Lookup(name); !ok {
			return nil, misuse(lang.Text{
				En:   fmt.Sprintf("there is no rule %q", name),
				ZhTW: fmt.Sprintf("沒有名為 %q 的規則", name)}, nearRules(name))
		}
	}
	var rules []lint.Rule
	for _, r := range lint.All {
		if (len(f.rules) == 0 || slices.Contains(f.rules, r.Name)) && !slices.Contains(f.ignore, r.Name) {
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 {
		return nil, misuse(lang.Text{En: "--rule and --ignore leave no rule", ZhTW: "--rule 與 --ignore 沒有留下任何規則"}, lang.Text{})
	}
	return lint.New(rules...), nil
}

// check finds what would make no work.
func (f *lintFlags) check(args []string) error {
	live := f.proxy != "" || len(f.reverse) > 0
	raw := f.request != "" || f.response != ""
	one := func(en, zh, hintEn, hintZh string) error {
		return misuse(lang.Text{En: en, ZhTW: zh}, lang.Text{En: hintEn, ZhTW: hintZh})
	}
	switch {
	case !live && !raw && len(args) == 0:
		return one("name what to judge: files, addresses, - for stdin, or live traffic with --proxy or --reverse",
			"請指定要判斷什麼：檔案、網址、表示 stdin 的 -，或用 --proxy、--reverse 判斷即時流量",
			"for instance: statute lint site.har", "例如：statute lint site.har")
	case live && (raw || len(args) > 0):
		return one("--proxy and --reverse judge live traffic alone", "--proxy 與 --reverse 只判斷即時流量",
			"keep the traffic with --journal FILE and judge that with the other files", "可以用 --journal FILE 存下流量，再和其他檔案一起判斷")
	case raw && f.response == "":
		return one("--request needs --response beside it", "--request 需要搭配 --response",
			"requests alone have no status code to judge", "只有請求就沒有狀態碼可以判斷")
	case f.openTLS && f.proxy == "":
		return one("--open-tls goes with --proxy", "--open-tls 要搭配 --proxy",
			"--reverse speaks to clients in the clear", "--reverse 與用戶端之間不加密")
	case f.journal != "" && !live && !slices.ContainsFunc(args, isURL):
		return one("--journal keeps live traffic, and there is none", "--journal 用來存即時流量，但這裡沒有即時流量",
			"give it with --proxy, --reverse or a URL", "請搭配 --proxy、--reverse 或 URL")
	case f.ready != "" && !live:
		return one("--ready goes with --proxy or --reverse", "--ready 要搭配 --proxy 或 --reverse", "", "")
	case f.show < 0 || f.show > mostShown:
		return one(fmt.Sprintf("--show has to be from 1 to %d", mostShown), fmt.Sprintf("--show 必須是 1 到 %d", mostShown), "", "")
	case !slices.Contains(report.Formats, f.format):
		return one(fmt.Sprintf("--format cannot be %q", f.format), fmt.Sprintf("--format 不能是 %q", f.format),
			"choose among "+strings.Join(report.Formats, ", "), "請從 "+strings.Join(report.Formats, "、")+" 中選擇")
	case !slices.Contains(failLevels(), f.failOn):
		return one(fmt.Sprintf("--fail-on cannot be %q", f.failOn), fmt.Sprintf("--fail-on 不能是 %q", f.failOn),
			"choose among "+strings.Join(failLevels(), ", "), "請從 "+strings.Join(failLevels(), "、")+" 中選擇")
	}
	stdins := 0
	for _, arg := range args {
		if arg == "-" {
			stdins++
		}
	}
	if stdins > 1 {
		return one("- is given more than once", "- 給了不只一次", "stdin can be read once", "stdin 只能讀一次")
	}
	return nil
}

// memoryLimit is where collecting begins anew, well below the 256 MB that lint
// never needs more than.
const memoryLimit = 160 << 20

// mostShown bounds --show, and with it what a report holds.
const mostShown = 10_000

// failLevel is the least level that fails; none if none does.
func (f *lintFlags) failLevel() lint.Level {
	if f.failOn == "never" || f.writeBaseline != "" {
		return ""
	}
	return lint.Level(f.failOn)
}

func (f *lintFlags) run(ctx context.Context, env *environment, args []string) error {
	if f.explain != "" {
		return env.explainRule(f.explain)
	}
	if err := f.check(args); err != nil {
		return err
	}
	inputs := append([]string{f.request, f.response}, args...)
	if err := errors.Join(keepsInputs("journal", f.journal, inputs), keepsInputs("write-baseline", f.writeBaseline, inputs),
		keepsInputs("out", f.out, append(inputs, f.baseline))); err != nil {
		return err
	}
	checker, err := f.checker()
	if err != nil {
		return err
	}
	known, err := f.readBaseline()
	if err != nil {
		return err
	}
	// What was read is garbage as soon as it is judged, and little else is held:
	// collecting it less often is worth more than the memory, up to a limit.
	// GOGC and GOMEMLIMIT overrule.
	if env.getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if env.getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	out, err := env.openReport(f)
	if err != nil {
		return err
	}
	defer out.abandon()
	sources, closeSources, err := f.sources(ctx, env, args, out)
	if err != nil {
		return err
	}
	j := &judging{env: env, checker: checker, out: out, known: known}
	if f.writeBaseline != "" {
		j.learn = &report.Baseline{}
	}
	err = j.judge(ctx, sources)
	if closeErr := closeSources(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := f.writeKnown(j.learn); err != nil {
		return err
	}
	switch {
	case j.tally.Troubles > 0:
		return errUnread
	case j.tally.Fails(f.failLevel()):
		return errFindings
	}
	return nil
}
