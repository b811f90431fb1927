package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/lang"
)

// An environment is what a verb may use of the world outside.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	lang           lang.Tag
	columns        int  // of the terminal that stdout is; 0 where it is none
	noColor        bool // --no-color

	stderrIsTerminal bool
}

// in returns the text in the language of this run.
func (env *environment) in(t lang.Text) string { return t.In(env.lang) }

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	out := &watchedWriter{w: stdout}
	env := &environment{
		stdin:   stdin,
		stdout:  out,
		stderr:  stderr,
		getenv:  getenv,
		lang:    languageOf(args, getenv),
		columns: columnsOf(stdout),

		stderrIsTerminal: columnsOf(stderr) > 0,
	}
	root := newRootCommand(env)
	root.SetArgs(separateNegative(args))
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	verb, err := root.ExecuteContextC(ctx)
	if err == nil && out.err != nil {
		err = cannot(lang.Text{En: "write the output", ZhTW: "寫出結果"}, out.err,
			lang.Text{En: "see whether there is room where the output goes", ZhTW: "請看看輸出的地方還有沒有空間"})
	}
	return env.report(verb, err)
}

func newRootCommand(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use: "statute",
		Short: env.in(lang.Text{
			En:   "HTTP status codes made real, tested and explained",
			ZhTW: "HTTP 狀態碼：真實重現、逐一檢驗、完整解說"}),
		Long:          env.in(rootHelp),
		Version:       versionOf(buildInfo()).line(),
		SilenceErrors: true,
		SilenceUsage:  true,

		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { env.help(cmd) })
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return misusedFlag(err) })

	root.Flags().Bool("version", false, env.in(lang.Text{En: "print the version in one line", ZhTW: "印出一行版本資訊"}))
	global := root.PersistentFlags()
	global.BoolP("help", "h", false, env.in(lang.Text{En: "explain the command", ZhTW: "說明這個指令"}))
	global.Var((*languageFlag)(&env.lang), "lang", env.in(lang.Text{
		En:   "speak `LANGUAGE`: en or zh-TW; without it, as the locale variables of the environment say",
		ZhTW: "使用的語言 `LANGUAGE`：en 或 zh-TW；沒有指定時，依環境的地區設定變數"}))
	global.BoolVar(&env.noColor, "no-color", false, env.in(lang.Text{
		En:   "no colours; they appear on terminals only, and never where NO_COLOR is set",
		ZhTW: "不用顏色；顏色只在終端機上出現，設了 NO_COLOR 時也不出現"}))
	root.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(languages(), cobra.ShellCompDirectiveNoFileComp))

	root.AddCommand(
		newServeCommand(env),
		newPlayCommand(env),
		newLintCommand(env),
		newExamCommand(env),
		newExplainCommand(env),
		newCACommand(env),
		newVersionCommand(env),
		newCompletionCommand(env),
		newManCommand(env),
	)
	root.SetHelpCommand(newHelpCommand(env))
	return root
}

var rootHelp = lang.Text{
	En:   `A status code is a server's verdict on a request; the specifications are the statute book. Statute makes each code happen for its true cause, tests other people's software with them, and explains them.`,
	ZhTW: `狀態碼是伺服器對請求的裁決，規格就是法典。Statute 讓每個狀態碼因真正的原因發生，用它們檢驗別人的軟體，並加以解說。`,
}

// exitCodes are those of every verb.
var exitCodes = []struct {
	code  int
	means lang.Text
}{
	{exitFine, lang.Text{En: "all is well", ZhTW: "一切正常"}},
	{exitFindings, lang.Text{En: "the work was done and found mistakes or failures", ZhTW: "工作完成，並發現了錯誤或未通過的項目"}},
	{exitMisused, lang.Text{En: "the command line was wrong; nothing was done", ZhTW: "指令列有誤；什麼都沒做"}},
	{exitCannot, lang.Text{En: "the work could not be done", ZhTW: "工作無法進行"}},
}

// languageOf chooses the language before anything is parsed, because the
// command tree itself speaks it. A wrong value is reported when it is parsed.
func languageOf(args []string, getenv func(string) string) lang.Tag {
	l := lang.FromEnvironment(getenv)
	for i, arg := range args {
		value, ok := strings.CutPrefix(arg, "--lang=")
		switch {
		case arg == "--":
			return l
		case arg == "--lang" && i+1 < len(args):
			value, ok = args[i+1], true
		}
		if parsed, known := lang.Parse(value); ok && known {
			l = parsed
		}
	}
	return l
}

func languages() []string {
	var names []string
	for _, l := range lang.All {
		names = append(names, string(l))
	}
	return names
}

// A languageFlag is the value of --lang.
type languageFlag lang.Tag

func (f *languageFlag) String() string { return "" }
func (f *languageFlag) Type() string   { return "language" }
func (f *languageFlag) Set(s string) error {
	l, ok := lang.Parse(s)
	if !ok {
		return errors.New("not a language of ours") // misusedFlag says which are
	}
	*f = languageFlag(l)
	return nil
}

// A watchedWriter remembers the first failure, after which it writes no more.
type watchedWriter struct {
	w   io.Writer
	err error
}

func (w *watchedWriter) Write(p []byte) (n int, err error) {
	if w.err != nil {
		return 0, w.err
	}
	n, w.err = w.w.Write(p)
	return n, w.err
}

// noArguments refuses arguments to a verb that takes none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return misuse(lang.Text{
		En:   fmt.Sprintf("%s takes no argument, but was given %q", cmd.Name(), args[0]),
		ZhTW: fmt.Sprintf("%s 不接受引數，卻收到 %q", cmd.Name(), args[0]),
	}, lang.Text{})
}

// report prints an error, if it is one for people, and returns the exit code.
func (env *environment) report(verb *cobra.Command, err error) int {
	if err == nil {
		return exitFine
	}
	switch {
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errUnread):
		return exitCannot
	}
	f := failureOf(verb, err)
	fmt.Fprintf(env.stderr, "statute: %s%s%s\n", env.in(f.doing), env.colon(), env.in(f.why))
	if hint := env.in(f.hint); hint != "" {
		fmt.Fprintf(env.stderr, "  %s\n", hint)
	}
	if f.exit == exitMisused {
		fmt.Fprintf(env.stderr, "  %s%s%s\n", env.in(usageHeading), env.colon(), env.usageLine(verb))
		fmt.Fprintf(env.stderr, "  %s%s%s --help\n", env.in(lang.Text{En: "More", ZhTW: "詳情"}), env.colon(), verb.CommandPath())
	}
	return f.exit
}
