package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/lang"
)

func newManCommand(env *environment) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [VERB]",
		Short: env.in(lang.Text{En: "manual pages, for man", ZhTW: "給 man 讀的手冊頁"}),
		Long: env.in(lang.Text{
			En:   "Prints the manual page of the program or of a verb, in roff. With `--dir` it writes the pages of all verbs in both languages, in the folders where man looks for them.",
			ZhTW: "以 roff 格式印出本程式或一個指令的手冊頁。加上 `--dir`，則寫出所有指令、兩種語言的手冊頁，放在 man 會去找的資料夾裡。"}),
		Example: "statute man explain | man -l -\nstatute man --dir ~/.local/share/man",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return verbNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case cmd.Flags().Changed("dir") && (dir == "" || len(args) > 0):
				return misuse(lang.Text{
					En:   "--dir takes a directory and writes the pages of all verbs",
					ZhTW: "--dir 需要一個目錄，並寫出所有指令的手冊頁",
				}, lang.Text{En: "leave out the verb, or leave out --dir", ZhTW: "請不要給指令名稱，或不要用 --dir"})
			case dir != "":
				if err := env.writeManPages(dir); err != nil {
					return cannot(lang.Text{En: "write the manual pages", ZhTW: "寫出手冊頁"}, err,
						lang.Text{En: "choose a directory that you may write to", ZhTW: "請選一個可以寫入的目錄"})
				}
				return nil
			}
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownVerb(cmd.Root(), args[0])
			}
			io.WriteString(env.stdout, env.manPage(about))
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", env.in(lang.Text{
		En: "write all pages below the directory `DIR`, such as ~/.local/share/man", ZhTW: "把所有手冊頁寫到目錄 `DIR` 之下，例如 ~/.local/share/man"}))
	cmd.MarkFlagDirname("dir")
	return cmd
}

// manFolders are where man looks for section 1, by language.
var manFolders = map[lang.Tag]string{
	lang.En:   "man1",
	lang.ZhTW: filepath.Join("zh_TW", "man1"),
}

// writeManPages writes each page in each language.
func (env *environment) writeManPages(dir string) error {
	for _, l := range lang.All {
		spoken := *env
		spoken.lang = l
		root := newRootCommand(&spoken)
		folder := filepath.Join(dir, manFolders[l])
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		for _, cmd := range append(root.Commands(), root) {
			name := filepath.Join(folder, manName(cmd)+".1")
			if err := writeWhole(name, spoken.manPage(cmd)); err != nil {
				return err
			}
			fmt.Fprintln(env.stdout, name)
		}
	}
	return nil
}

// writeWhole writes a file that is there in full or as it was.
func writeWhole(name, content string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".statute-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = io.WriteString(f, content)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// manName returns the name of a verb's page: statute-explain.
func manName(cmd *cobra.Command) string {
	return strings.ReplaceAll(cmd.CommandPath(), " ", "-")
}

// manPage returns a verb's page in the language of env, with the usual sections.
// It carries no date, so that the same source makes the same octets.
func (env *environment) manPage(cmd *cobra.Command) string {
	var r roff
	r.line(`.\" made by statute man; UTF-8`)
	r.line(".TH " + quoted(strings.ToUpper(manName(cmd))) + " 1 \"\" \"Statute\" \"\"")
	r.line(".ad l") // words are not to be spread: Chinese has few spaces
	r.line(".nh")   // nor cut: they may be names
	r.section(env.in(lang.Text{En: "Name", ZhTW: "名稱"}))
	r.text(manName(cmd) + " - " + cmd.Short)
	r.section(env.in(usageHeading))
	r.text(env.usageLine(cmd))
	r.section(env.in(lang.Text{En: "Description", ZhTW: "說明"}))
	r.markdown(longOf(cmd))
	if verbs := cmd.Commands(); len(verbs) > 0 {
		r.section(env.in(verbsHeading))
		for _, c := range verbs {
			if c.IsAvailableCommand() {
				r.tagged(c.Name(), c.Short)
			}
		}
	}
	if rows := env.flagRows(cmd.LocalNonPersistentFlags()); len(rows) > 0 {
		r.section(env.in(flagsHeading))
		r.rows(rows)
	}
	r.section(env.in(globalHeading))
	r.rows(env.flagRows(cmd.Root().PersistentFlags()))
	if cmd.Example != "" {
		r.section(env.in(examplesHeading))
		r.verbatim(cmd.Example)
	}
	r.section(env.in(exitHeading))
	r.rows(env.exitRows())
	return r.String()
}
