package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/statute-http/statute/lang"
)

// What people read in help is there in both languages: each verb, each flag.
// A text that is the same in both was forgotten.
func TestEveryWordInBothLanguages(t *testing.T) {
	tree := func(l lang.Tag) *cobra.Command {
		return newRootCommand(&environment{lang: l, stdout: io.Discard, getenv: func(string) string { return "" }})
	}
	en, zh := tree(lang.En), tree(lang.ZhTW)
	compare := func(what, en, zh string) {
		if en == "" || zh == "" || en == zh {
			t.Errorf("%s: English %q, Chinese %q", what, en, zh)
		}
	}
	compare("statute", en.Short, zh.Short)
	for i, e := range append(en.Commands(), en) {
		z := append(zh.Commands(), zh)[i]
		compare(e.CommandPath(), e.Short, z.Short)
		compare(e.CommandPath()+", long", longOf(e), longOf(z))
		e.LocalFlags().VisitAll(func(f *pflag.Flag) {
			compare(e.CommandPath()+" --"+f.Name, f.Usage, z.LocalFlags().Lookup(f.Name).Usage)
		})
	}
	for _, e := range exitCodes {
		compare(fmt.Sprint("exit code ", e.code), e.means.En, e.means.ZhTW)
	}
}

func TestLanguageOf(t *testing.T) {
	for _, tt := range []struct {
		args string
		env  string
		want lang.Tag
	}{
		{"", "", lang.En},
		{"", "zh_TW.UTF-8", lang.ZhTW},
		{"explain --lang zh-TW", "", lang.ZhTW},
		{"--lang=zh explain", "", lang.ZhTW},
		{"--lang en", "zh_TW", lang.En},
		{"--lang", "zh_TW", lang.ZhTW},
		{"--lang fr", "zh_TW", lang.ZhTW},
		{"explain -- --lang zh", "", lang.En},
	} {
		got := languageOf(strings.Fields(tt.args), func(name string) string {
			return map[string]string{"LANG": tt.env}[name]
		})
		if got != tt.want {
			t.Errorf("%q with LANG=%s: %s, want %s", tt.args, tt.env, got, tt.want)
		}
	}
}

func TestSeparateNegative(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"explain 404 500", "explain 404 500"},
		{"explain -1", "explain -- -1"},
		{"explain -1 404 --json", "explain --json -- -1 404"},
		{"--lang zh explain 7 -1 abc", "--lang zh explain abc -- 7 -1"},
		{"explain -- -1", "explain -- -1"},
		{"serve --listen -1", "serve --listen -1"},
		{"", ""},
	} {
		if got := separateNegative(strings.Fields(tt.args)); !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("%q became %q, want %q", tt.args, got, tt.want)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestExitCodes(t *testing.T) {
	var errs strings.Builder
	none := func(string) string { return "" }
	for _, args := range []string{"explain", "explain 404", "explain --json", "version", "version --json", "man", "--help", "completion bash"} {
		errs.Reset()
		got := run(t.Context(), strings.Fields(args), strings.NewReader(""), brokenWriter{}, &errs, none)
		if got != exitCannot || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%s to a full disk: exit code %d, %q", args, got, &errs)
		}
	}
	env := &environment{stderr: &errs, lang: lang.En}
	root := &cobra.Command{Use: "statute"}
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, exitFine},
		{errFindings, exitFindings},
		{fmt.Errorf("lint: %w", errFindings), exitFindings},
		{misuse(lang.Text{En: "x"}, lang.Text{}), exitMisused},
		{fmt.Errorf("more: %w", misuse(lang.Text{En: "x"}, lang.Text{})), exitMisused},
		{cannot(lang.Text{En: "read"}, io.ErrUnexpectedEOF, lang.Text{}), exitCannot},
		{io.ErrUnexpectedEOF, exitCannot},
	} {
		if got := env.report(root, tt.err); got != tt.want {
			t.Errorf("%v: exit code %d, want %d", tt.err, got, tt.want)
		}
	}
	if err := cannot(lang.Text{En: "read"}, io.ErrUnexpectedEOF, lang.Text{}); !errors.Is(err, io.ErrUnexpectedEOF) || err.Error() != "read: unexpected EOF" {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestVersionOf(t *testing.T) {
	info := &debug.BuildInfo{
		Main: debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-03-03T08:00:00Z"}, {Key: "vcs.modified", Value: "true"},
		},
	}
	v := versionOf(info)
	v.Go, v.OS, v.Arch = "go1.26.8", "linux", "amd64"
	for l, want := range map[lang.Tag]string{
		lang.En:   "statute v1.2.3\n  revision    abc 2026-03-03T08:00:00Z, with uncommitted changes\n  built with  go1.26.8 linux/amd64\n",
		lang.ZhTW: "statute v1.2.3\n  修訂版  abc 2026-03-03T08:00:00Z，另有尚未提交的修改\n  建置    go1.26.8 linux/amd64\n",
	} {
		env := &environment{lang: l, getenv: func(string) string { return "" }}
		if got := env.versionText(v); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", l, got, want)
		}
	}
	if v := versionOf(&debug.BuildInfo{}); v.Version != "(devel)" {
		t.Errorf("without build information: %q", v.Version)
	}
}
