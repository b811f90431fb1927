package site

import (
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// gates is an order in which 413 can be decided twice, and one number stands
// twice; they are given out of order.
func gates() []wire.Gate {
	gate := func(n int, en, zh string, answers ...status.Code) wire.Gate {
		return wire.Gate{Number: n, Name: lang.Text{En: en, ZhTW: zh}, Asks: lang.Text{En: "Is " + en + " well?", ZhTW: zh + "可以嗎？"}, Answers: answers}
	}
	return []wire.Gate{
		gate(15, "act", "執行", 200, 201, 204),
		gate(0, "connection", "連線"),
		gate(8, "place", "位置", 404),
		gate(10, "announced", "宣告", 411, 413),
		gate(14, "content", "內容", 413),
		gate(8, "other place", "其他位置", 301),
	}
}

func TestOrder(t *testing.T) {
	for _, l := range lang.All {
		for _, target := range []string{"/order", "/order?way=8", "/order?way=10&code=413", "/order?code=413", "/order?code=418"} {
			resp := with(perform, "GET", target, "", "Accept-Language", string(l))
			content := contentOf(t, resp)
			if resp.StatusCode != 200 || resp.Header.Get("Content-Language") != string(l) {
				t.Fatalf("%s: %d", target, resp.StatusCode)
			}
			readPage(t, target, content)
		}
	}
	for _, test := range []struct {
		target string
		says   []string
		counts map[string]int
	}{
		{"/order", []string{`id="gate-0"`, `id="gate-8"`, `href="/404"`, "No answer is decided here.", "A request arrives"},
			map[string]int{`class="gate passed"`: 0, `class="gate decided"`: 0, `class="gate unasked"`: 0, `id="gate-8"`: 1}},
		{"/order?way=10&code=413", []string{"decided at gate 10, announced, with 413"}, map[string]int{`class="gate passed"`: 3, `class="gate decided"`: 1, `class="gate unasked"`: 2}},
		{"/order?way=8", []string{"decided at gate 8, "}, map[string]int{`class="gate passed"`: 1, `class="gate decided"`: 2, `class="gate unasked"`: 3}},
		{"/order?code=413", []string{"may decide for 413"}, map[string]int{`class="gate can"`: 2}},
		{"/order?code=418", []string{"No gate decides for 418."}, map[string]int{`class="gate can"`: 0}},
		{"/413", []string{`href="/order?code=413#gate-10"`, `href="/order?code=413#gate-14"`, "gate 14, content"}, nil},
	} {
		content := contentOf(t, with(perform, "GET", test.target, ""))
		for _, want := range test.says {
			if !strings.Contains(content, want) {
				t.Errorf("%s does not say %q", test.target, want)
			}
		}
		for text, want := range test.counts {
			if got := strings.Count(content, text); got != want {
				t.Errorf("%s says %s %d times, want %d", test.target, text, got, want)
			}
		}
	}
	for _, target := range []string{"/order?way=7", "/order?way=-1", "/order?way=x", "/order?way=256", "/order?code=4", "/order?code=%3Cb%3E"} {
		if resp := with(perform, "GET", target, ""); resp.StatusCode != 400 {
			t.Errorf("%s gets %d, want 400", target, resp.StatusCode)
		}
	}
	var document Order
	decode(t, contentOf(t, with(perform, "GET", "/order", "", "Accept", "application/json")), &document)
	var numbers []int
	for _, g := range document.Gates {
		numbers = append(numbers, g.Number)
	}
	if !slices.Equal(numbers, []int{0, 8, 8, 10, 14, 15}) || document.Gates[3].Name.ZhTW != "宣告" || len(document.Gates[0].Answers) != 0 {
		t.Errorf("the order as JSON is %+v", document)
	}
}

func TestDecidedAt(t *testing.T) {
	order := (&site{Config: Config{Gates: gates}}).gates()
	problem := func(code status.Code, content string) *wire.Exchange {
		return &wire.Exchange{Final: &wire.Response{Status: code, Message: wire.Message{
			Fields:  wire.Fields{{Name: "Content-Type", Value: "application/problem+json"}},
			Content: wire.Content{Data: []byte(content)}}}}
	}
	for _, test := range []struct {
		name string
		x    *wire.Exchange
		want int // -1: cannot be told
	}{
		{"the problem says", problem(413, `{"gate": 14}`), 14},
		{"the problem names no gate of ours", problem(413, `{"gate": 99}`), -1},
		{"a cut problem", problem(404, `{"gate": 1`), 8},
		{"the only gate for it", &wire.Exchange{Final: &wire.Response{Status: 201}}, 15},
		{"two gates could", &wire.Exchange{Final: &wire.Response{Status: 413}}, -1},
		{"no gate could", &wire.Exchange{Final: &wire.Response{Status: 418}}, -1},
		{"no answer", &wire.Exchange{}, -1},
	} {
		got := -1
		if g := decidedAt(test.x, order); g != nil {
			got = g.Number
		}
		if got != test.want {
			t.Errorf("%s: gate %d, want %d", test.name, got, test.want)
		}
	}
}
