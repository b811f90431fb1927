package status

import "testing"

func TestSpecURL(t *testing.T) {
	for name, want := range map[string]string{
		"RFC 9110 §15.5.13":                   "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.13",
		"RFC 7231 Appendix B":                 "https://www.rfc-editor.org/rfc/rfc7231.html#appendix-B",
		"RFC 9110 §B.1":                       "https://www.rfc-editor.org/rfc/rfc9110.html#appendix-B.1",
		"RFC 2518":                            "https://www.rfc-editor.org/rfc/rfc2518.html",
		"draft-ietf-httpbis-resumable-upload": "https://datatracker.ietf.org/doc/draft-ietf-httpbis-resumable-upload/",
		"RFC 9110 §15.5.13 and more":          "",
		"javascript:alert(1)":                 "",
		"draft-x/../../evil":                  "",
	} {
		if got := SpecURL(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
