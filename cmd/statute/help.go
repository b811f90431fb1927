package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/statute-http/statute/lang"
)

// Headings of help and of manual pages.
var (
	usageHeading    = lang.Text{En: "Usage", ZhTW: "用法"}
	verbsHeading    = lang.Text{En: "Verbs", ZhTW: "指令"}
	flagsHeading    = lang.Text{En: "Flags", ZhTW: "選項"}
	globalHeading   = lang.Text{En: "Flags of every verb", ZhTW: "各指令共用的選項"}
	examplesHeading = lang.Text{En: "Examples", ZhTW: "範例"}
	exitHeading     = lang.Text{En: "Exit codes", ZhTW: "結束代碼"}
)

// help prints what a verb is for and how it is used. The long texts are
// Markdown; what cobra would add to them in English is left out.
func (env *environment) help(cmd *cobra.Command) {
	t := env.terminal()
	var b strings.Builder
	b.WriteString(t.paint(strongStyle, cmd.CommandPath()) + "\n\n")
	b.WriteString(t.markdown(longOf(cmd)))

	b.WriteString("\n" + t.paint(strongStyle, env.in(usageHeading)) + "\n\n")
	b.WriteString(bodyIndent + env.usageLine(cmd) + "\n")

	var verbs [][2]string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			verbs = append(verbs, [2]string{c.Name(), c.Short})
		}
	}
	t.table(&b, env.in(verbsHeading), verbs)
	t.table(&b, env.in(flagsHeading), env.flagRows(cmd.LocalNonPersistentFlags()))
	t.table(&b, env.in(globalHeading), env.flagRows(cmd.Root().PersistentFlags()))
	if cmd.Example != "" {
		b.WriteString("\n" + t.paint(strongStyle, env.in(examplesHeading)) + "\n\n")
		for line := range strings.Lines(cmd.Example) {
			b.WriteString(bodyIndent + line)
		}
		b.WriteByte('\n')
	}
	t.table(&b, env.in(exitHeading), env.exitRows())
	io.WriteString(env.stdout, b.String())
}

// usageLine returns the shape of a verb's command line.
func (env *environment) usageLine(cmd *cobra.Command) string {
	line := strings.TrimSuffix(cmd.UseLine(), " [flags]") // cobra's own words
	if !cmd.HasParent() {
		line += " VERB"
	}
	return line + " " + env.in(lang.Text{En: "[flags]", ZhTW: "[選項]"})
}

func longOf(cmd *cobra.Command) string {
	if cmd.Long != "" {
		return cmd.Long
	}
	return cmd.Short
}

func (env *environment) exitRows() [][2]string {
	var rows [][2]string
	for _, e := range exitCodes {
		rows = append(rows, [2]string{fmt.Sprint(e.code), env.in(e.means)})
	}
	return rows
}

// flagRows returns each flag as it is written, what it does, and its default
// where that says something.
func (env *environment) flagRows(flags *pflag.FlagSet) [][2]string {
	var rows [][2]string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if value != "" {
			name += " " + value
		}
		if d := strings.Trim(f.DefValue, "[]"); d != "" && d != "false" && d != "0" {
			usage += env.in(lang.Text{En: " (default " + d + ")", ZhTW: "（預設 " + d + "）"})
		}
		rows = append(rows, [2]string{name, usage})
	})
	return rows
}

// table sets rows of a name and a text, the texts one below the other beside
// the names, or below each name where the terminal is too narrow for that. It
// sets nothing where there are no rows.
func (t terminal) table(b *strings.Builder, heading string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	if heading != "" {
		b.WriteString("\n" + t.paint(strongStyle, heading) + "\n\n")
	}
	left := 0
	for _, row := range rows {
		left = max(left, columns(row[0]))
	}
	beside := 2*left <= t.width
	rest := strings.Repeat(" ", len(bodyIndent)+left+2)
	if !beside {
		rest = strings.Repeat(bodyIndent, 3)
	}
	for _, row := range rows {
		if beside {
			t.wrap(b, bodyIndent+pad(row[0], left+2), rest, span{row[1], plainStyle})
			continue
		}
		b.WriteString(bodyIndent + strings.TrimSpace(row[0]) + "\n")
		t.wrap(b, rest, rest, span{row[1], plainStyle})
	}
}

func newHelpCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use:   "help [VERB]",
		Short: env.in(lang.Text{En: "explain a verb of this program", ZhTW: "說明本程式的一個指令"}),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return verbNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 && about == cmd.Root() {
				return unknownVerb(cmd.Root(), args[0])
			}
			env.help(about)
			return nil
		},
	}
}

func verbNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}
