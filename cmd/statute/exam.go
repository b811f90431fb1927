package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/report"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

func newExamCommand(env *environment) *cobra.Command {
	cmd := &cobra.Command{
		Use: "exam",
		Short: env.in(lang.Text{
			En:   "ask a client, a server or a proxy how it treats status codes",
			ZhTW: "考一考用戶端、伺服器或代理如何對待狀態碼"}),
		Long: env.in(examHelp),
		Example: "statute exam client curl\n" +
			"statute exam client -- curl -sS -L -o {out} {url}\n" +
			"statute exam server http://127.0.0.1:8080/file.txt\n" +
			"statute exam proxy 127.0.0.1:8080 --mode reverse --origin 127.0.0.1:9000\n" +
			"statute exam compare before.json after.json\n" +
			"statute exam matrix curl.json wget.json --out clients.html",
		RunE: func(cmd *cobra.Command, args []string) error {
			return misuse(lang.Text{
				En:   "say what is to be examined: a client, a server or a proxy, or compare and matrix for sheets",
				ZhTW: "請說明要考什麼：client、server、proxy，或以 compare、matrix 處理成績單"}, lang.Text{
				En: "statute help exam shows how", ZhTW: "用法見 statute help exam"})
		},
	}
	cmd.AddCommand(newExamClientCommand(env), newExamServerCommand(env), newExamProxyCommand(env), newExamCompareCommand(env), newExamMatrixCommand(env))
	return cmd
}

var examHelp = lang.Text{
	En: "Puts cases to somebody else's software. Each case names a requirement with its section and level, stages the circumstance in which it matters, and looks at what the subject does next. There is no score. The verdicts:\n\n" +
		"- `pass`: one of the lawful things. `refused`: a clear error where the other side broke a rule first, which is as good.\n" +
		"- `fail`: something unlawful, at the level of the case: `must`, `should`, or `de-facto` for what no RFC says and everybody has to do. It counts only if it comes again and the control, which differs in nothing but the octets that are tested, is in order.\n" +
		"- `info`: the specifications leave it open; the value says what the subject did.\n" +
		"- `n/a`: it cannot be asked, for the reason given. `void`: we could not stage it. `flaky`: asked again, it did something else.\n\n" +
		"With `--json FILE` the result is one document: `schema`, `role`, `subject` with `name`, `version` and `options`, `made`, and `results` with `case`, `topic`, `level`, `spec`, `codes`, `over`, `verdict`, `value`, `fetch` (by the Fetch standard, where that differs), `detail`, `took` in seconds, and a `transcript`. Members stay; new ones may come.\n\n" +
		"A file of expectations has a line for each known deviation: the case, the protocol or `*`, the verdict (`fail`, `info=16`), and the reason. With it the exit code is 1 only for what is not as expected.",
	ZhTW: "拿題目考別人的軟體。每一題指出一項要求、它的章節與程度，布置出這項要求起作用的情境，再看受測對象接下來怎麼做。不打總分。判定有：\n\n" +
		"- `pass`：做了合法的事。`refused`：對方先違反規則，它以明確的錯誤拒絕，同樣合格。\n" +
		"- `fail`：做了不合法的事，程度依題目：`must`、`should`，或 `de-facto`（RFC 沒寫，但大家都得做到）。要再次發生，而且只差在受測位元組的對照組沒有問題，才算數。\n" +
		"- `info`：規格未限定，記下它的做法。\n" +
		"- `n/a`：無法問，並附理由。`void`：我們布置不出來。`flaky`：再問一次，做法不同。\n\n" +
		"使用 `--json FILE` 時，結果是一份文件：`schema`、`role`、`subject`（`name`、`version`、`options`）、`made`，以及 `results`，各有 `case`、`topic`、`level`、`spec`、`codes`、`over`、`verdict`、`value`、`fetch`（依 Fetch 標準，有差異時才有）、`detail`、`took`（秒）與 `transcript`。既有的成員不會改變，日後可能增加。\n\n" +
		"預期檔每行寫一項已知的偏差：題目、協定或 `*`、判定（`fail`、`info=16`）和理由。有了它，只有與預期不符時才以 1 結束。",
}

// examFlags are what every exam can be told.
type examFlags struct {
	over, names, topics, levels []string
	codes                       []int
	parallel, repeat            int
	slow, list, show            bool
	scale                       float64
	failOn                      string
	expect, writeExpect         string
	json, junit, html           string
}

func (f *examFlags) define(env *environment, cmd *cobra.Command, cases []exam.Case) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.over, "over", []string{"h1"}, env.in(lang.Text{
		En: "ask over these `PROTOCOLS`: h1, h2, h3, separated by commas", ZhTW: "透過這些協定 `PROTOCOLS` 來考：h1、h2、h3，以逗號分隔"}))
	flags.StringSliceVar(&f.names, "case", nil, env.in(lang.Text{
		En: "ask these `CASES` alone; * and ? stand for other characters", ZhTW: "只考這些題目 `CASES`；* 與 ? 可代表其他字元"}))
	flags.StringSliceVar(&f.topics, "topic", nil, env.in(lang.Text{En: "ask these `TOPICS` alone", ZhTW: "只考這些主題 `TOPICS`"}))
	flags.StringSliceVar(&f.levels, "level", nil, env.in(lang.Text{
		En: "ask at these `LEVELS` alone: must, should, de-facto, info", ZhTW: "只考這些程度 `LEVELS`：must、should、de-facto、info"}))
	flags.IntSliceVar(&f.codes, "code", nil, env.in(lang.Text{En: "ask about these `CODES` alone", ZhTW: "只考這些狀態碼 `CODES`"}))
	flags.IntVar(&f.parallel, "parallel", 16, env.in(lang.Text{En: "ask `NUMBER` cases at a time", ZhTW: "同時考 `NUMBER` 題"}))
	flags.IntVar(&f.repeat, "repeat", 1, env.in(lang.Text{
		En: "ask each case `NUMBER` times; what is not the same each time is flaky", ZhTW: "每題考 `NUMBER` 次；每次不一樣就是 flaky"}))
	flags.BoolVar(&f.slow, "slow", false, env.in(lang.Text{
		En: "ask those too that have to wait for time limits of the subject's own", ZhTW: "連要等受測對象自己時限的題目也考"}))
	flags.Float64Var(&f.scale, "scale", 1, env.in(lang.Text{
		En: "give each case `FACTOR` times its usual time, for slow machines", ZhTW: "每題的時間乘以 `FACTOR`，供慢的機器使用"}))
	flags.BoolVar(&f.list, "list", false, env.in(lang.Text{En: "list the cases and ask nothing", ZhTW: "列出題目，不考試"}))
	flags.BoolVar(&f.show, "show", false, env.in(lang.Text{En: "print what happened in each case", ZhTW: "印出每一題的經過"}))
	flags.StringVar(&f.failOn, "fail-on", string(exam.Should), env.in(lang.Text{
		En:   "exit with 1 if a case of `LEVEL` or graver fails: must, should, de-facto; or never",
		ZhTW: "有 `LEVEL` 或更嚴重的題目未通過時，以 1 結束：must、should、de-facto；或 never"}))
	flags.StringVar(&f.expect, "expect", "", env.in(lang.Text{
		En: "hold the results against the expectations in `FILE`", ZhTW: "以 `FILE` 裡的預期核對結果"}))
	flags.StringVar(&f.writeExpect, "write-expect", "", env.in(lang.Text{
		En: "write the results to `FILE` as expectations", ZhTW: "把結果寫到 `FILE`，作為預期"}))
	flags.StringVar(&f.json, "json", "", env.in(lang.Text{
		En: "write the results to `FILE` as JSON; - is stdout", ZhTW: "把結果以 JSON 寫到 `FILE`；- 表示 stdout"}))
	flags.StringVar(&f.junit, "junit", "", env.in(lang.Text{En: "write the results to `FILE` as JUnit's XML", ZhTW: "把結果以 JUnit 的 XML 寫到 `FILE`"}))
	flags.StringVar(&f.html, "html", "", env.in(lang.Text{En: "write the results to `FILE` as a page, with transcripts", ZhTW: "把結果寫成網頁 `FILE`，附經過"}))

	complete := func(flag string, values []string) {
		cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	var names []string
	for i := range cases {
		names = append(names, cases[i].Name)
	}
	complete("over", protocolNames(wire.Protocols))
	complete("case", names)
	complete("topic", exam.Topics(cases))
	complete("level", levelNames())
	complete("fail-on", append(levelNames(), "never"))
}

func levelNames() []string {
	var names []string
	for _, l := range exam.Levels {
		names = append(names, string(l))
	}
	return names
}

// chosen returns the cases that the flags pick.
func (f *examFlags) chosen(cases []exam.Case) ([]exam.Case, error) {
	choice := exam.Choice{Names: f.names, Topics: f.topics, Slow: f.slow}
	for _, l := range f.levels {
		if !slices.Contains(exam.Levels, exam.Level(l)) {
			return nil, misuse(lang.Text{En: fmt.Sprintf("--level cannot be %q", l), ZhTW: fmt.Sprintf("--level 不能是 %q", l)},
				lang.Text{En: "choose among " + strings.Join(levelNames(), ", "), ZhTW: "請從 " + strings.Join(levelNames(), "、") + " 中選擇"})
		}
		choice.Levels = append(choice.Levels, exam.Level(l))
	}
	for _, c := range f.codes {
		choice.Codes = append(choice.Codes, status.Code(c))
	}
	chosen, err := choice.Of(cases)
	if err != nil {
		return nil, misuse(lang.Text{En: err.Error(), ZhTW: err.Error()}, lang.Text{})
	}
	if len(chosen) == 0 {
		return nil, misuse(lang.Text{En: "the flags leave no case", ZhTW: "選項沒有留下任何題目"}, lang.Text{})
	}
	if f.failOn != "never" && !slices.Contains(levelNames(), f.failOn) {
		return nil, misuse(lang.Text{En: fmt.Sprintf("--fail-on cannot be %q", f.failOn), ZhTW: fmt.Sprintf("--fail-on 不能是 %q", f.failOn)},
			lang.Text{En: "choose among " + strings.Join(levelNames(), ", ") + ", never", ZhTW: "請從 " + strings.Join(levelNames(), "、") + "、never 中選擇"})
	}
	return chosen, nil
}

// listCases prints cases, a line each.
func (env *environment) listCases(cases []exam.Case) {
	t := env.terminal()
	topic := ""
	for i := range cases {
		c := &cases[i]
		if c.Topic != topic {
			topic = c.Topic
			fmt.Fprintf(env.stdout, "%s\n", t.paint(strongStyle, topic))
		}
		fmt.Fprintf(env.stdout, "  %-34s %-9s %s\n", c.Name, c.Level, c.Spec)
	}
}

// examine runs the cases and reports; plan has the subject.
func (f *examFlags) examine(ctx context.Context, env *environment, plan exam.Plan, role exam.Role, subject exam.About) error {
	protocols, err := protocolsOf(f.over)
	if err != nil {
		return err
	}
	expected, err := f.expectations()
	if err != nil {
		return err
	}
	if plan.Parallel == 0 || f.parallel < plan.Parallel { // what the subject bears
		plan.Parallel = f.parallel
	}
	plan.Over, plan.Repeat, plan.Scale = protocols, max(1, f.repeat), f.scale
	line := env.newProgress(len(plan.Cases)*len(protocols), lang.Text{En: "%d of %d cases", ZhTW: "已考 %d／%d 題"})
	plan.Each = func(r exam.Result) {
		line.step(func() {
			if f.show {
				env.showResult(r)
			}
		})
	}
	results := exam.Run(ctx, plan)
	line.end()
	if ctx.Err() != nil {
		return cannot(lang.Text{En: "examine " + subject.Name, ZhTW: "考 " + subject.Name}, errors.New("it was interrupted before its end"), lang.Text{})
	}
	sheet := exam.NewSheet(role, subject, results, env.lang)
	var unexpected []exam.Entry
	var unmet []exam.Expectation
	if f.expect != "" {
		unexpected, unmet = expected.Surprises(sheet)
		unexpected = append([]exam.Entry{}, unexpected...) // there are expectations, even if all are met
	}
	if err := f.write(env, sheet, plan.Cases, unexpected); err != nil {
		return err
	}
	for _, u := range unmet {
		fmt.Fprintln(env.stderr, env.in(lang.Text{
			En:   fmt.Sprintf("statute: %s, line %d: expected and not met: %s %s %s", f.expect, u.Line, u.Case, u.Over, u.Outcome),
			ZhTW: fmt.Sprintf("statute：%s 第 %d 行：預期沒有發生：%s %s %s", f.expect, u.Line, u.Case, u.Over, u.Outcome)}))
	}
	if f.expect == "" {
		if err := nothingAsked(sheet); err != nil {
			return err
		}
	}
	failOn := exam.Level(f.failOn)
	if f.failOn == "never" {
		failOn = ""
	}
	for _, e := range sheet.Results {
		if report.FailsExam(e, failOn, unexpected) {
			return errFindings
		}
	}
	return nil
}

// nothingAsked is an error where no case could be asked of the subject, so that a
// server that was not there does not seem to have passed. It says what the first
// case met: it is one of those on which others rest.
func nothingAsked(sheet *exam.Sheet) error {
	for _, e := range sheet.Results {
		if e.Verdict != exam.NA {
			return nil
		}
	}
	if len(sheet.Results) == 0 {
		return nil
	}
	first := sheet.Results[0]
	return cannot(lang.Text{En: "examine " + sheet.Subject.Name, ZhTW: "考 " + sheet.Subject.Name},
		fmt.Errorf("%s: %s", first.Case, wire.Printable(first.Detail)),
		lang.Text{En: "no case could be asked; --show says of each why not", ZhTW: "沒有一題問得成；每一題的原因見 --show"})
}

func (f *examFlags) expectations() (exam.Expectations, error) {
	if f.expect == "" {
		return nil, nil
	}
	file, err := os.Open(f.expect)
	if err != nil {
		return nil, cannot(lang.Text{En: "read the expectations", ZhTW: "讀取預期"}, err, lang.Text{})
	}
	defer file.Close()
	expected, err := exam.ReadExpectations(file)
	if err != nil {
		return nil, cannot(lang.Text{En: "read the expectations in " + f.expect, ZhTW: "讀取 " + f.expect + " 裡的預期"}, err, lang.Text{})
	}
	return expected, nil
}

// showResult prints what happened in a case.
func (env *environment) showResult(r exam.Result) {
	t := env.terminal()
	fmt.Fprintf(env.stdout, "%s %s (%s, %s) %s\n", t.paint(strongStyle, string(r.Outcome)), r.Case.Name, r.Over, r.Case.Level, r.Value)
	fmt.Fprintf(env.stdout, "  %s\n", wire.Printable(r.Detail.In(env.lang)))
	for _, l := range r.Transcript {
		for text := range strings.SplitSeq(strings.TrimSuffix(l.Text, "\r\n"), "\r\n") {
			fmt.Fprintf(env.stdout, "  %7.3f %-8s %s %s\n", l.At.Seconds(), l.Where, l.Dir, wire.Printable(text))
		}
	}
}

// write writes the sheet in every form that was asked for.
func (f *examFlags) write(env *environment, sheet *exam.Sheet, cases []exam.Case, unexpected []exam.Entry) error {
	to := func(name string, do func(io.Writer) error) error {
		if name == "" {
			return nil
		}
		if name == "-" {
			return do(env.stdout)
		}
		file, err := os.Create(name)
		if err == nil {
			err = errors.Join(do(file), file.Close())
		}
		if err != nil {
			return cannot(lang.Text{En: "write " + name, ZhTW: "寫入 " + name}, err, lang.Text{})
		}
		return nil
	}
	failOn := exam.Level(f.failOn)
	if f.failOn == "never" {
		failOn = ""
	}
	if f.json != "-" && f.junit != "-" && f.html != "-" {
		t := env.terminal()
		err := report.SheetText(env.stdout, sheet, cases, unexpected, report.Options{Lang: env.lang,
			Paint: func(s report.Style, text string) string { return t.paint(reportStyles[s], text) }, Wrap: t.wrapped})
		if err != nil {
			return err
		}
	}
	return errors.Join(
		to(f.json, sheet.Write),
		to(f.junit, func(w io.Writer) error { return report.SheetJUnit(w, sheet, failOn, unexpected) }),
		to(f.html, func(w io.Writer) error { return report.Matrix(w, []*exam.Sheet{sheet}, cases, env.lang) }),
		to(f.writeExpect, func(w io.Writer) error { _, err := io.WriteString(w, exam.Expect(sheet)); return err }),
	)
}
