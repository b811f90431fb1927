package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/proxy"
	"github.com/statute-http/statute/exam/server"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/report"
	"github.com/statute-http/statute/wire"
)

func newExamCompareCommand(env *environment) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "compare BEFORE AFTER",
		Short:   env.in(lang.Text{En: "say in what two sheets differ", ZhTW: "比較兩份成績單"}),
		Example: "statute exam compare curl-7.json curl-8.json",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return misuse(lang.Text{En: "name two sheets", ZhTW: "請指定兩份成績單"},
					lang.Text{En: "statute exam ... --json FILE writes them", ZhTW: "以 statute exam ... --json FILE 產生"})
			}
			return env.compareSheets(args[0], args[1], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, env.in(lang.Text{En: "print one JSON object a line", ZhTW: "每行印出一個 JSON 物件"}))
	return cmd
}

func (env *environment) compareSheets(before, after string, asJSON bool) error {
	a, err := readSheet(before)
	if err != nil {
		return err
	}
	b, err := readSheet(after)
	if err != nil {
		return err
	}
	differences := exam.Compare(a, b)
	lines := json.NewEncoder(env.stdout)
	for _, d := range differences {
		if asJSON {
			if err := lines.Encode(d); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(env.stdout, "%-34s %-3s %-9s %s -> %s\n", d.Case, d.Over, d.Level, verdictOf(d.Before), verdictOf(d.After))
	}
	if len(differences) > 0 {
		return errFindings
	}
	return nil
}

func verdictOf(e *exam.Entry) string {
	switch {
	case e == nil:
		return "(not asked)"
	case e.Value != "":
		return fmt.Sprintf("%s %s", e.Verdict, wire.Printable(e.Value))
	}
	return string(e.Verdict)
}

func readSheet(name string) (*exam.Sheet, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, cannot(lang.Text{En: "read a sheet", ZhTW: "讀取成績單"}, err, lang.Text{})
	}
	defer file.Close()
	s, err := exam.ReadSheet(file)
	if err != nil {
		return nil, cannot(lang.Text{En: "read " + name, ZhTW: "讀取 " + name}, err, lang.Text{})
	}
	return s, nil
}

func newExamMatrixCommand(env *environment) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:     "matrix SHEET...",
		Short:   env.in(lang.Text{En: "lay sheets side by side as a page", ZhTW: "把成績單並排成一頁"}),
		Example: "statute exam matrix curl.json wget.json --out clients.html",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse(lang.Text{En: "name the sheets", ZhTW: "請指定成績單"}, lang.Text{})
			}
			if err := keepsInputs("out", out, args); err != nil {
				return err
			}
			return env.writeMatrix(args, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", env.in(lang.Text{En: "write the page to `FILE`", ZhTW: "把網頁寫到 `FILE`"}))
	return cmd
}

func (env *environment) writeMatrix(names []string, out string) error {
	var sheets []*exam.Sheet
	for _, name := range names {
		s, err := readSheet(name)
		if err != nil {
			return err
		}
		sheets = append(sheets, s)
	}
	var w io.Writer = env.stdout
	var file *os.File
	if out != "" {
		var err error
		if file, err = os.Create(out); err != nil {
			return cannot(lang.Text{En: "write the page", ZhTW: "寫出網頁"}, err, lang.Text{})
		}
		w = file
	}
	err := report.Matrix(w, sheets, casesOf(sheets[0].Role), env.lang)
	if file != nil {
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return cannot(lang.Text{En: "write the page", ZhTW: "寫出網頁"}, err, lang.Text{})
	}
	return nil
}

// casesOf returns the cases of a role.
func casesOf(role exam.Role) []exam.Case {
	switch role {
	case exam.Client:
		return client.All
	case exam.Proxy:
		return proxy.All
	case exam.Server:
		return server.All
	}
	return nil
}
