package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
)

// rank puts the gravest level first.
func rank(l lint.Level) int { return slices.Index(lint.Levels, l) }

// mend returns the page of a rule: what is wrong, and what to send instead.
func mend(r *lint.Rule) lang.Text {
	page, err := lint.PageOf(r.Name)
	if err != nil {
		return lang.Text{} // the census asks for every page
	}
	return lang.Text{En: strings.TrimSpace(page.Text.En), ZhTW: strings.TrimSpace(page.Text.ZhTW)}
}

// title returns the first sentence of a rule's page.
func title(r *lint.Rule) lang.Text {
	text := mend(r)
	en, _, _ := strings.Cut(strings.ReplaceAll(text.En, "\n", " "), ". ")
	zh, _, _ := strings.Cut(text.ZhTW, "。")
	return lang.Text{En: strings.TrimSuffix(en, ".") + ".", ZhTW: zh + "。"}
}

// codes returns the codes that a rule looks at, in order; none where it looks
// at all.
func codes(r *lint.Rule) []status.Code {
	if r.Codes == nil {
		return []status.Code{}
	}
	return r.Codes
}

// digits writes codes for people, the long lists as ranges: "401", "300-308".
func digits(all []status.Code) string {
	var b strings.Builder
	for i := 0; i < len(all); i++ {
		from := i
		for i+1 < len(all) && all[i+1] == all[i]+1 {
			i++
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(all[from].String())
		if i > from+1 {
			b.WriteString("–" + all[i].String())
		} else if i > from {
			b.WriteString(" " + all[i].String())
		}
	}
	return b.String()
}

// count writes a number for people, in groups of three digits.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural chooses the English word for a number.
func plural(n int, one, many string) string {
	if n == 1 {
		return count(n) + " " + one
	}
	return count(n) + " " + many
}

// times says how often.
func times(n int) lang.Text {
	return lang.Text{En: plural(n, "time", "times"), ZhTW: count(n) + " 處"}
}

// Says is the tally in a sentence or two.
func (t *Tally) Says() lang.Text {
	says := lang.Text{
		En:   plural(t.Exchanges, "exchange", "exchanges") + " in " + plural(t.Inputs, "input", "inputs") + ": ",
		ZhTW: count(t.Inputs) + " 個輸入，" + count(t.Exchanges) + " 次往來：",
	}
	var en, zh []string
	for _, l := range lint.Levels {
		if n := t.Of(l); n > 0 {
			en = append(en, count(n)+" "+string(l))
			zh = append(zh, string(l)+" "+count(n)+" 處")
		}
	}
	if len(en) == 0 {
		en, zh = []string{"nothing found"}, []string{"沒有發現錯誤"}
	}
	says.En += strings.Join(en, ", ") + "."
	says.ZhTW += strings.Join(zh, "、") + "。"
	if t.Known > 0 {
		says.En += " " + plural(t.Known, "finding is", "findings are") + " in the baseline."
		says.ZhTW += "基準檔裡已有的另有 " + count(t.Known) + " 處。"
	}
	if t.Troubles > 0 {
		says.En += " " + plural(t.Troubles, "input", "inputs") + " could not be read to the end."
		says.ZhTW += "有 " + count(t.Troubles) + " 個輸入無法讀完。"
	}
	return says
}

// Says is the lack in a sentence.
func (k *Lack) Says() lang.Text {
	return lang.Text{
		En:   plural(len(k.Rules), "rule", "rules") + ": " + k.Needs.En,
		ZhTW: count(len(k.Rules)) + " 條規則：" + k.Needs.ZhTW,
	}
}
