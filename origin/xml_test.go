package origin

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
)

func TestParseXML(t *testing.T) {
	wide := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(`<?xml version="1.0" encoding="utf-16"?><a>茶</a>`)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	for _, test := range []struct{ name, document, want string }{
		{"an element", `<a/>`, `<a xmlns=""/>`},
		{"namespaces by prefix", `<D:a xmlns:D="DAV:"><b/></D:a>`, `<a xmlns="DAV:"><b xmlns=""/></a>`},
		{"namespaces by default", `<a xmlns="DAV:"><b xmlns="x"/></a>`, `<a xmlns="DAV:"><b xmlns="x"/></a>`},
		{"a prefix declared anew", `<p:a xmlns:p="x"><p:b xmlns:p="y"/></p:a>`, `<a xmlns="x"><b xmlns="y"/></a>`},
		{"text and what has to be escaped", `<a> 1 &lt; 2 &amp;<![CDATA[<b>]]> </a>`, `<a xmlns=""> 1 &lt; 2 &amp;&lt;b&gt; </a>`},
		{"a language", `<a xml:lang="zh"/>`, `<a xmlns="" xml:lang="zh"/>`},
		{"attributes with namespaces", `<a xmlns:x="u" xmlns:y="v" x:k="1" y:k="2" k="3"/>`, `<a xmlns="" xmlns:a0="u" a0:k="1" xmlns:a1="v" a1:k="2" k="3"/>`},
		{"comments and instructions", "<?xml version=\"1.0\"?><!-- c -->\n<a><!-- c --></a>\n", `<a xmlns=""/>`},
		{"UTF-8 with its mark", "\xef\xbb\xbf<a/>", `<a xmlns=""/>`},
		{"UTF-16", string(wide), `<a xmlns="">茶</a>`},

		{"nothing", ``, ""},
		{"only a comment", `<!-- a -->`, ""},
		{"not closed", `<a>`, ""},
		{"closed by another", `<a></b>`, ""},
		{"two roots", `<a/><b/>`, ""},
		{"text outside", `<a/>b`, ""},
		{"a prefix that is not declared", `<x:a/>`, ""},
		{"a prefix of an attribute that is not declared", `<a x:k="1"/>`, ""},
		{"a prefix declared as nothing", `<D:a xmlns:D="DAV:"><b xmlns:b=""/></D:a>`, ""},
		{"a prefix out of scope", `<a><b xmlns:x="u"/><x:c/></a>`, ""},
		{"an entity that nothing defines", `<a>&tea;</a>`, ""},
		{"an entity that is defined", `<!DOCTYPE a [<!ENTITY tea "oolong">]><a>&tea;</a>`, ""},
		{"a document type", `<!DOCTYPE a><a/>`, ""},
		{"another encoding", `<?xml version="1.0" encoding="iso-8859-1"?><a/>`, ""},
		{"not in its encoding", "<a>\xff</a>", ""},
		{"an attribute twice", `<a k="1" k="2"/>`, ""},
		{"an attribute twice by two prefixes", `<a xmlns:x="u" xmlns:y="u" x:k="1" y:k="2"/>`, ""},
		{"too many attributes", "<a" + strings.Repeat(` xmlns:x="u"`, 300) + "/>", ""},
		{"too deep", strings.Repeat("<a>", 65) + strings.Repeat("</a>", 65), ""},
		{"a long namespace", `<x:a xmlns:x="` + strings.Repeat("u", 1000) + `"/>`, `<a xmlns="` + strings.Repeat("u", 1000) + `"/>`},
		{"a long namespace that thousands mean", `<x:a xmlns:x="` + strings.Repeat("u", 100_000) + `">` + strings.Repeat("<x:b/>", 4000) + "</x:a>", ""},
		{"a long namespace that thousands of attributes mean", `<a xmlns:x="` + strings.Repeat("u", 100_000) + `">` + strings.Repeat(`<b x:k=""/>`, 4000) + "</a>", ""},
		{"a long language, which properties would inherit", `<a xml:lang="` + strings.Repeat("x", 101) + `"/>`, ""},
		{"too many elements", "<a>" + strings.Repeat("<b/>", 4096) + "</a>", ""},
	} {
		e, err := parseXML([]byte(test.document))
		got := ""
		if err == nil {
			got = e.String()
		}
		if got != test.want {
			t.Errorf("%s: got %.80q (%v), want %q", test.name, got, err, test.want)
		}
		if refused := errors.Is(err, errDirective); refused != strings.Contains(test.document, "<!DOCTYPE") {
			t.Errorf("%s: refused as a document type: %v", test.name, refused)
		}
	}
}

// What was read and written can be read again, as the same; and no more is kept
// of it than the bounds allow.
func FuzzXML(f *testing.F) {
	for _, document := range []string{
		`<D:propfind xmlns:D="DAV:"><D:prop><x:a xmlns:x="u"/></D:prop></D:propfind>`,
		`<a xmlns="DAV:" xml:lang="en"><b k="&lt;">text</b></a>`, `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, `<a`, "\xff\xfe<\x00a\x00/\x00>\x00",
	} {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		e, err := parseXML(document)
		if err != nil {
			return
		}
		written := e.String()
		again, err := parseXML([]byte(written))
		if err != nil {
			t.Fatalf("%q was read, and %q cannot be: %v", document, written, err)
		}
		if again.String() != written {
			t.Fatalf("%q becomes %q, and then %q", document, written, again)
		}
	})
}
