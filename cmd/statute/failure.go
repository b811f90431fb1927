package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/statute-http/statute/lang"
)

// The exit codes, the same for every verb; exitCodes tells people.
const (
	exitFine     = 0
	exitFindings = 1
	exitMisused  = 2
	exitCannot   = 3
)

// errFindings ends a verb that has done its work, has told what it found, and
// found something.
var errFindings = errors.New("there are findings")

// errUnread ends a verb that has told which of its inputs it could not read, and
// has done what could be done with the rest.
var errUnread = errors.New("an input could not be read")

// A failure is an error as people see it: what was being done, why it did not
// come about, and what to do next.
type failure struct {
	exit  int
	doing lang.Text
	why   lang.Text
	hint  lang.Text // may be empty
	cause error     // may be nil
}

func (f *failure) Error() string { return f.doing.En + ": " + f.why.En }
func (f *failure) Unwrap() error { return f.cause }

// misuse is the error of a wrong command line.
func misuse(why, hint lang.Text) *failure {
	return &failure{
		exit:  exitMisused,
		doing: lang.Text{En: "read the command line", ZhTW: "讀取指令列"},
		why:   why,
		hint:  hint,
	}
}

// cannot is the error of work that could not be done.
func cannot(doing lang.Text, cause error, hint lang.Text) *failure {
	return &failure{
		exit:  exitCannot,
		doing: doing,
		why:   lang.Text{En: cause.Error(), ZhTW: cause.Error()},
		hint:  hint,
		cause: cause,
	}
}

// misusedFlag says in both languages what pflag found wrong.
func misusedFlag(err error) *failure {
	var (
		unknown *pflag.NotExistError
		needs   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	why := lang.Text{En: err.Error(), ZhTW: err.Error()}
	switch {
	case errors.As(err, &unknown):
		name := dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
		why = lang.Text{En: "there is no flag " + name, ZhTW: "沒有 " + name + " 這個選項"}
	case errors.As(err, &needs):
		name := dashed(needs.GetSpecifiedName(), needs.GetSpecifiedShortnames())
		why = lang.Text{En: "the flag " + name + " needs a value", ZhTW: "選項 " + name + " 需要一個值"}
	case errors.As(err, &invalid):
		f, value := invalid.GetFlag(), invalid.GetValue()
		takes, ok := flagValues[f.Value.Type()]
		if !ok {
			takes = lang.Text{En: invalid.Unwrap().Error(), ZhTW: invalid.Unwrap().Error()}
		}
		why = lang.Text{
			En:   fmt.Sprintf("--%s cannot be %q: %s", f.Name, value, takes.En),
			ZhTW: fmt.Sprintf("--%s 不能是 %q：%s", f.Name, value, takes.ZhTW)}
	}
	return misuse(why, lang.Text{})
}

// flagValues says what a flag of a type takes.
var flagValues = map[string]lang.Text{
	"bool":     {En: "give true or false, or no value", ZhTW: "請給 true 或 false，或不給值"},
	"int":      {En: "give a whole number", ZhTW: "請給整數"},
	"int64":    {En: "give a whole number", ZhTW: "請給整數"},
	"intSlice": {En: "give whole numbers, separated by commas", ZhTW: "請給整數，以逗號分隔"},
	"float64":  {En: "give a number such as 2 or 1.5", ZhTW: "請給數字，例如 2 或 1.5"},
	"duration": {En: "give a time such as 500ms, 10s or 2m", ZhTW: "請給時間，例如 500ms、10s 或 2m"},
	"language": {En: "give en or zh-TW", ZhTW: "請給 en 或 zh-TW"},
}

// dashed returns a flag as it was written: -x, which stood in a group of
// shorthands, or --name.
func dashed(name, shorthands string) string {
	if shorthands != "" {
		return "-" + name
	}
	return "--" + name
}

// failureOf returns the failure that err is or holds. The rest is what cobra
// reports itself, first of all a verb that it does not know.
func failureOf(verb *cobra.Command, err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	var name string
	if _, scan := fmt.Sscanf(err.Error(), "unknown command %q", &name); scan != nil {
		return cannot(lang.Text{En: "run " + verb.CommandPath(), ZhTW: "執行 " + verb.CommandPath()}, err, lang.Text{})
	}
	return unknownVerb(verb.Root(), name)
}

func unknownVerb(root *cobra.Command, name string) *failure {
	var hint lang.Text
	if near := root.SuggestionsFor(name); len(near) > 0 {
		hint = lang.Text{
			En:   "did you mean " + strings.Join(near, " or ") + "?",
			ZhTW: "您要的是不是 " + strings.Join(near, " 或 ") + "？"}
	}
	return misuse(lang.Text{
		En:   fmt.Sprintf("there is no verb %q", name),
		ZhTW: fmt.Sprintf("沒有 %q 這個指令", name),
	}, hint)
}
