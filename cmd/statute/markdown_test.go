package main

import "testing"

func TestMarkdown(t *testing.T) {
	const source = "# Title\n\nA **strong** word, *stress* and `code`: see [the RFC](https://www.rfc-editor.org/rfc/rfc9110)\nor <https://example.org/>, [404](/404) &amp; \\*this\\*.\n\n" +
		"## 清單\n\n- 用戶端**必須**讀得懂意料之外的過渡回應，但可以不理會。\n- two\n\n  with a second paragraph\n  - nested\n\n3. three\n4. four\n\n" +
		"> quoted text\n\n```sh\ncurl -i  http://127.0.0.1:8080/a-very-long-address-that-is-not-cut\n\n# end\n```\n\nhard  \nbreak\n"
	const want = `Title

  A strong word, *stress* and ` + "`code`" + `:
  see the RFC
  <https://www.rfc-editor.org/rfc/rfc9110>
  or https://example.org/, 404 & *this*.

清單

  - 用戶端必須讀得懂意料之外的過渡回應，
    但可以不理會。

  - two

    with a second paragraph

    - nested

  3. three
  4. four

  | quoted text

    curl -i  http://127.0.0.1:8080/a-very-long-address-that-is-not-cut

    # end

  hard
  break
`
	if got := (terminal{width: 40}).markdown(source); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMarkdownTable(t *testing.T) {
	const source = "| Code | 意思 | `Field` |\n|---|---|---|\n| 404 | 找不到 | |\n| 503 | later | `Retry-After` |\n"
	const beside = "  Code  意思    `Field`\n  404   找不到\n  503   later   `Retry-After`\n"
	if got := (terminal{width: 40}).markdown(source); got != beside {
		t.Errorf("got\n%s\nwant\n%s", got, beside)
	}
	const below = "  404\n    意思: 找不到\n\n  503\n    意思: later\n    `Field`:\n      `Retry-After`\n"
	if got := (terminal{width: 20}).markdown(source); got != below {
		t.Errorf("got\n%s\nwant\n%s", got, below)
	}
}

func TestMarkdownInColour(t *testing.T) {
	got := terminal{width: 40, color: true}.markdown("## A `b`\n\n**must** `c`\n")
	want := "\x1b[1mA\x1b[0m \x1b[36m`b`\x1b[0m\n\n  \x1b[1mmust\x1b[0m \x1b[36m`c`\x1b[0m\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRoffMarkdown(t *testing.T) {
	var r roff
	r.markdown("First `--json` and **must** \\\\.\n\n.dot 'quote'\n\n- one\n- two\n\n1. `a-b`\n\n```\n.x\n```\n\n## More\n\nlast\n")
	want := "First \\fB\\-\\-json\\fR and \\fBmust\\fR \\(rs.\n" +
		".PP\n\\&.dot \\(aqquote\\(aq\n" +
		".IP \\(bu 4\none\n.IP \\(bu 4\ntwo\n.PP\n" +
		".IP 1. 4\n\\fBa\\-b\\fR\n.PP\n" +
		".PP\n.nf\n\\&.x\n.fi\n" +
		".SS \"More\"\n.PP\nlast\n"
	if r.String() != want {
		t.Errorf("got\n%s\nwant\n%s", r.String(), want)
	}
}
