package stage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

const (
	posedMaxSteps   = 32
	posedMaxChoices = 64
	posedMaxTimes   = 1000
	posedMaxWeight  = 1e6
)

// posedCodes is the path of a posed URL after /status/, read:
//
//	codes  = step *( "/" step )
//	step   = choice *( "," choice ) / code "x" times
//	choice = code [ ":" weight ]
//
// A step lasts for one request, or as often as it says; the last one stays, so
// it takes no times. The characters need no quoting in a shell.
type posedCodes []posedStep

type posedStep struct {
	choices []posedChoice
	total   float64 // sum of the weights, more than zero
	times   int
}

type posedChoice struct {
	code   status.Code
	weight float64
}

// at returns the step for the request that n others came before.
func (c posedCodes) at(n int) posedStep {
	last := len(c) - 1
	for _, step := range c[:last] {
		if n < step.times {
			return step
		}
		n -= step.times
	}
	return c[last]
}

// any reports whether some code of the sequence satisfies f.
func (c posedCodes) any(f func(status.Code) bool) bool {
	for _, step := range c {
		for _, choice := range step.choices {
			if f(choice.code) {
				return true
			}
		}
	}
	return false
}

// choose draws a code by weight; random gives numbers in [0,1).
func (s posedStep) choose(random func() float64) status.Code {
	if len(s.choices) == 1 {
		return s.choices[0].code
	}
	var code status.Code
	x := random() * s.total
	for _, choice := range s.choices {
		if choice.weight == 0 {
			continue
		}
		code = choice.code
		if x < choice.weight {
			break
		}
		x -= choice.weight
	}
	return code
}

// A posedMistake is what is wrong with a posed URL, and at which octet of the
// codes or of the query.
type posedMistake struct {
	at   int
	what string // the octets in question
	why  lang.Text
}

// posedText formats a message in every language; an argument that is itself a
// text is put in in the same language.
func posedText(en, zhTW string, args ...any) lang.Text {
	in := func(l lang.Tag) []any {
		said := slices.Clone(args)
		for i, arg := range said {
			if t, ok := arg.(lang.Text); ok {
				said[i] = t.In(l)
			}
		}
		return said
	}
	return lang.Text{En: fmt.Sprintf(en, in(lang.En)...), ZhTW: fmt.Sprintf(zhTW, in(lang.ZhTW)...)}
}

func parsePosedCodes(s string) (posedCodes, *posedMistake) {
	parts := strings.SplitN(s, "/", posedMaxSteps+1)
	if len(parts) > posedMaxSteps {
		return nil, &posedMistake{at: len(s) - len(parts[posedMaxSteps]), what: parts[posedMaxSteps], why: posedText(
			"a sequence has at most %d steps", "一個序列最多 %d 步", posedMaxSteps)}
	}
	codes := make(posedCodes, 0, len(parts))
	at := 0
	for i, part := range parts {
		step, mistake := parsePosedStep(part, i == len(parts)-1)
		if mistake != nil {
			mistake.at += at
			return nil, mistake
		}
		codes = append(codes, step)
		at += len(part) + 1
	}
	return codes, nil
}

func parsePosedStep(s string, last bool) (posedStep, *posedMistake) {
	if code, times, ok := strings.Cut(s, "x"); ok && !strings.Contains(s, ",") {
		return parsePosedTimes(s, code, times, last)
	}
	step := posedStep{times: 1}
	at := 0
	for part := range strings.SplitSeq(s, ",") {
		if len(step.choices) == posedMaxChoices {
			return step, &posedMistake{at: at, what: part, why: posedText(
				"a step chooses among at most %d codes", "一步最多在 %d 個狀態碼中選擇", posedMaxChoices)}
		}
		code, weight, weighted := strings.Cut(part, ":")
		choice, mistake := parsePosedCode(code, at)
		if mistake != nil {
			return step, mistake
		}
		choice.weight = 1
		if weighted {
			var ok bool
			if choice.weight, ok = posedNumber(weight); !ok || choice.weight > posedMaxWeight {
				return step, &posedMistake{at: at + len(code) + 1, what: weight, why: posedText(
					"a weight is a decimal number from 0 to %d, such as 0.25", "權重是 0 到 %d 的十進位數，例如 0.25", int(posedMaxWeight))}
			}
		}
		step.choices = append(step.choices, choice)
		step.total += choice.weight
		at += len(part) + 1
	}
	if step.total <= 0 {
		return step, &posedMistake{what: s, why: lang.Text{
			En: "at least one weight has to be more than 0", ZhTW: "至少要有一個權重大於 0"}}
	}
	return step, nil
}

func parsePosedTimes(s, code, times string, last bool) (posedStep, *posedMistake) {
	choice, mistake := parsePosedCode(code, 0)
	if mistake != nil {
		return posedStep{}, mistake
	}
	if last {
		return posedStep{}, &posedMistake{what: s, why: posedText(
			"the last step stays for ever, so it takes no times; add what follows, as in %s/200", "最後一步會一直保持，所以不寫次數；請加上之後的狀態碼，例如 %s/200", s)}
	}
	n, err := strconv.Atoi(times)
	if err != nil || n < 1 || n > posedMaxTimes || times[0] == '+' {
		return posedStep{}, &posedMistake{at: len(code) + 1, what: times, why: posedText(
			"times is a whole number from 1 to %d", "次數是 1 到 %d 的整數", posedMaxTimes)}
	}
	choice.weight = 1
	return posedStep{choices: []posedChoice{choice}, total: 1, times: n}, nil
}

// parsePosedCode reads a code. Three digits are all that HTTP/1.1 can carry
// (RFC 9112 §4); those beyond 599 are for seeing what a client makes of them.
func parsePosedCode(s string, at int) (posedChoice, *posedMistake) {
	if len(s) != 3 || s[0] < '1' || s[0] > '9' || s[1] < '0' || s[1] > '9' || s[2] < '0' || s[2] > '9' {
		return posedChoice{}, &posedMistake{at: at, what: s, why: lang.Text{
			En:   "a status code has three digits, from 100 to 999; write 503, 200:0.9,500:0.1 or 503x2/200",
			ZhTW: "狀態碼是 100 到 999 的三位數；請寫成 503、200:0.9,500:0.1 或 503x2/200"}}
	}
	code := status.Code(s[0]-'0')*100 + status.Code(s[1]-'0')*10 + status.Code(s[2]-'0')
	if why, never := posedNever(code); never {
		return posedChoice{}, &posedMistake{at: at, what: s, why: why}
	}
	return posedChoice{code: code}, nil
}

// posedNumber reads a decimal number without sign or exponent.
func posedNumber(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil
}
