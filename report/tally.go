package report

import (
	"maps"
	"slices"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/lint"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// A Tally counts what was judged and found. It grows with the number of rules,
// not with that of exchanges.
type Tally struct {
	Inputs    int
	Exchanges int
	Troubles  int
	Findings  map[string]int // those that are reported, by the rule's name
	Known     int            // those that the baseline has

	Judged, Unjudged int // judgements made, and not made for lack of evidence
	levels           map[lint.Level]int
	lacking          map[string]wire.Evidence // rules that could not be judged somewhere, and what they lacked
	shapes           map[shape]bool           // of exchanges whose rules are among lacking
}

// A shape is what decides which rules lack evidence. Fields that one exchange
// hides and another does not are left out: a rule that only such a field kept
// from judging is listed if the first exchange of the shape was without it.
type shape struct {
	protocol wire.Protocol
	seen     wire.Evidence
	final    status.Code
}

// ofOctets is what only HTTP/1 has: no recording of HTTP/2 or HTTP/3 could show
// it, and no rule that needs it has anything to say of them.
const ofOctets = wire.ShowsReason | wire.ShowsOctets | wire.ShowsAfter

// Add counts an exchange and what the checker had to say of it.
func (t *Tally) Add(c *lint.Checker, x *wire.Exchange, r *lint.Result) {
	t.Exchanges++
	t.Judged += r.Judged
	t.Unjudged += r.Unjudged
	if r.Unjudged == 0 {
		return
	}
	s := shape{x.Conn.Protocol, x.Seen, x.Answer().Status}
	if t.shapes[s] {
		return
	}
	if t.shapes == nil {
		t.shapes, t.lacking = map[shape]bool{}, map[string]wire.Evidence{}
	}
	t.shapes[s] = true
	for rule, lacks := range c.Unjudged(x) {
		if p := x.Conn.Protocol; (p == wire.H2 || p == wire.H3) && lacks&ofOctets != 0 {
			continue
		}
		t.lacking[rule.Name] |= lacks
	}
}

// Found counts a finding that is reported.
func (t *Tally) Found(f *Finding) {
	if t.Findings == nil {
		t.Findings, t.levels = map[string]int{}, map[lint.Level]int{}
	}
	t.Findings[f.Rule.Name]++
	t.levels[f.Rule.Level]++
}

// Of returns how many findings of the level are reported.
func (t *Tally) Of(l lint.Level) int { return t.levels[l] }

// Fails reports whether a finding of at least the level was found.
func (t *Tally) Fails(failOn lint.Level) bool {
	for level := range t.levels {
		if Fails(level, failOn) {
			return true
		}
	}
	return false
}

// A Lack is what some rules would need to see, with those rules.
type Lack struct {
	Needs lang.Text
	Rules []string
}

// kinds says which recording shows what evidence, the ones that are easier to
// have first; a rule is counted with the first kind that shows all it lacks.
var kinds = []struct {
	evidence wire.Evidence
	needs    lang.Text
}{
	{wire.ShowsRequest | wire.ShowsRequestContent, lang.Text{
		En:   "the requests, with their contents: a HAR, a WARC, --request beside --response",
		ZhTW: "請求及其內容：HAR、WARC，或 --request 搭配 --response"}},
	{wire.ShowsResponse | wire.ShowsContent, lang.Text{
		En:   "the contents of the answers: a HAR saved with contents, a WARC, raw messages",
		ZhTW: "回應的內容：連同內容儲存的 HAR、WARC 或原始訊息"}},
	{wire.ShowsTimes, lang.Text{
		En:   "times: a HAR, a WARC, live traffic",
		ZhTW: "時間：HAR、WARC 或即時流量"}},
	{wire.ShowsAll, lang.Text{
		En:   "messages as they crossed the wire: raw messages, or live traffic with --proxy, --reverse or a URL",
		ZhTW: "實際在線路上傳送的訊息：原始訊息，或以 --proxy、--reverse 或 URL 取得的即時流量"}},
}

var hidden = lang.Text{
	En:   "fields that the recording hides or withholds: live traffic, or raw messages",
	ZhTW: "紀錄隱去的欄位：即時流量或原始訊息",
}

// Lacks returns what would have to be recorded for the rules that could not be
// judged somewhere.
func (t *Tally) Lacks() []Lack {
	var lacks []Lack
	left := maps.Clone(t.lacking)
	take := func(needs lang.Text, fits func(wire.Evidence) bool) {
		var names []string
		for rule, evidence := range left {
			if fits(evidence) {
				names = append(names, rule)
				delete(left, rule)
			}
		}
		if len(names) > 0 {
			slices.Sort(names)
			lacks = append(lacks, Lack{needs, names})
		}
	}
	for _, k := range kinds {
		take(k.needs, func(e wire.Evidence) bool { return e != 0 && e&^k.evidence == 0 })
	}
	take(hidden, func(wire.Evidence) bool { return true })
	return lacks
}
