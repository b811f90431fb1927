package origin

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseIf(t *testing.T) {
	token := func(s string) ifCondition { return ifCondition{token: s} }
	tag := func(s string) ifCondition { return ifCondition{tag: s} }
	not := func(c ifCondition) ifCondition { c.not = true; return c }
	list := func(uri string, c ...ifCondition) ifList { return ifList{uri, c} }
	for _, test := range []struct {
		field string
		want  []ifList // nil: it cannot be read
	}{
		{`(<urn:a>)`, []ifList{list("", token("urn:a"))}},
		{`(<urn:a> ["x"]) (["y"])`, []ifList{list("", token("urn:a"), tag(`"x"`)), list("", tag(`"y"`))}},
		{`(Not <urn:a> <urn:b>)`, []ifList{list("", not(token("urn:a")), token("urn:b"))}},
		{`(not<urn:a>)`, []ifList{list("", not(token("urn:a")))}},
		{`(<urn:a>)(Not <DAV:no-lock>)`, []ifList{list("", token("urn:a")), list("", not(token("DAV:no-lock")))}},
		{`</a> (<urn:a> [W/"w"]) (["s"])`, []ifList{list("/a", token("urn:a"), tag(`W/"w"`)), list("/a", tag(`"s"`))}},
		{`<http://h/a> (<urn:a>) <http://h/b> (Not ["x"])`, []ifList{list("http://h/a", token("urn:a")), list("http://h/b", not(tag(`"x"`)))}},
		{`(["with ) and ] in it"])`, []ifList{list("", tag(`"with ) and ] in it"`))}},
		{"\t( <urn:a>\t) ", []ifList{list("", token("urn:a"))}},

		{``, nil},
		{`()`, nil},
		{`(`, nil},
		{`(<urn:a>`, nil},
		{`<urn:a>`, nil},
		{`(<>)`, nil},
		{`(<urn: a>)`, nil},
		{`(["x" ])`, nil},
		{`([x])`, nil},
		{`(["x])`, nil},
		{`(Not)`, nil},
		{`(Not Not <urn:a>)`, nil},
		{`(urn:a)`, nil},
		{`</a>`, nil},
		{`</a> </b> (<urn:a>)`, nil},
		{`(<urn:a>) </b> (<urn:b>)`, nil}, // the two kinds of list do not mix
		{`(<urn:a>), (<urn:b>)`, nil},
		{strings.Repeat(`(<urn:a>)`, 1000), nil},
		{`(` + strings.Repeat(`<urn:a>`, 1000) + `)`, nil},
	} {
		h, ok := parseIf(test.field)
		if ok != (test.want != nil) || ok && !reflect.DeepEqual(h.lists, test.want) {
			t.Errorf("%.60q: got %v, %v; want %v", test.field, h, ok, test.want)
		}
	}
}

// write writes the field anew.
func (h *ifHeader) write() string {
	var b strings.Builder
	for _, l := range h.lists {
		if l.tag != "" {
			b.WriteString("<" + l.tag + "> ")
		}
		b.WriteString("(")
		for _, c := range l.conditions {
			if c.not {
				b.WriteString("Not ")
			}
			if c.token != "" {
				b.WriteString("<" + c.token + ">")
			} else {
				b.WriteString("[" + c.tag + "]")
			}
		}
		b.WriteString(") ")
	}
	return b.String()
}

// What can be read means the same when it is written and read again, and has
// submitted the tokens that it mentions.
func FuzzIf(f *testing.F) {
	for _, field := range []string{`(<urn:a>)`, `(<urn:a> ["x"]) (["y"])`, `</a> (Not <urn:a> [W/"w"])`, `(`, `<`, `([`, `(["`, `(Not`, `</a>(<b>)<c>`} {
		f.Add(field)
	}
	f.Fuzz(func(t *testing.T, field string) {
		h, ok := parseIf(field)
		if !ok {
			return
		}
		again, ok := parseIf(h.write())
		if !ok || !reflect.DeepEqual(again, h) {
			t.Fatalf("%q reads as %v, and written anew, %q, as %v", field, h, h.write(), again)
		}
		for _, l := range h.lists {
			if len(l.conditions) == 0 {
				t.Fatalf("%q: an empty list", field)
			}
			for _, c := range l.conditions {
				if (c.token == "") == (c.tag == "") || c.token != "" && !h.has(c.token) {
					t.Fatalf("%q: the condition %v", field, c)
				}
			}
		}
	})
}
