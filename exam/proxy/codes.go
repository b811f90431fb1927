package proxy

import (
	"fmt"
	"strings"

	"github.com/statute-http/statute/exam"
	"github.com/statute-http/statute/status"
)

// passing has a case for each code that is the origin's to say: it comes through
// with its content and the field that belongs to it (P21, P22, P47).
var passing = func() []exam.Case {
	var all []exam.Case
	for _, p := range []struct {
		code  status.Code
		spec  string
		field string // that goes with it
		level exam.Level
	}{
		{201, "RFC 9110 §15.3.2", "Location: /tea", exam.DeFacto},
		{202, "RFC 9110 §15.3.3", "", exam.DeFacto},
		{207, "RFC 4918 §11.1", "", exam.DeFacto},
		{226, "RFC 3229 §10.4.1", "IM: vcdiff", exam.DeFacto},
		{299, "RFC 9110 §15", "", exam.DeFacto},
		{300, "RFC 9110 §15.4.1", "", exam.DeFacto},
		{301, "RFC 9110 §15.4.2", "Location: /tea", exam.DeFacto},
		{302, "RFC 9110 §15.4.3", "Location: /tea", exam.DeFacto},
		{303, "RFC 9110 §15.4.4", "Location: /tea", exam.DeFacto},
		{307, "RFC 9110 §15.4.8", "Location: /tea", exam.DeFacto},
		{308, "RFC 9110 §15.4.9", "Location: /tea", exam.DeFacto},
		{401, "RFC 9110 §11.6.1", `WWW-Authenticate: Basic realm="tea"`, exam.Must},
		{405, "RFC 9110 §10.2.1", "Allow: GET, STEEP", exam.Must},
		{410, "RFC 9110 §15.5.11", "", exam.DeFacto},
		{418, "RFC 9110 §15.5.19", "", exam.DeFacto},
		{421, "RFC 9110 §15.5.20", "", exam.DeFacto},
		{426, "RFC 9110 §15.5.22", "", exam.DeFacto},
		{429, "RFC 6585 §4", "Retry-After: 7", exam.DeFacto},
		{431, "RFC 6585 §5", "", exam.DeFacto},
		{451, "RFC 7725 §3", `Link: <https://example.org/>; rel="blocked-by"`, exam.DeFacto},
		{500, "RFC 9110 §15.6.1", "", exam.DeFacto},
		{503, "RFC 9110 §15.6.4", "Retry-After: 7", exam.DeFacto},
		{511, "RFC 6585 §6", "", exam.DeFacto},
		{599, "RFC 9110 §15", "", exam.DeFacto},
	} {
		all = append(all, passed(fmt.Sprintf("code-%d-passed", p.code), p.code, p.spec, p.field, p.level))
	}
	// P21: out of range. A client treats it as 5xx, so either is lawful.
	for _, code := range []status.Code{600, 999} {
		c := passed(fmt.Sprintf("code-%d-handled", code), code, "RFC 9110 §15", "", exam.Info)
		c.Wants = say("It is open: pass it on or answer 502.", "規格未定：照轉，或回 502。")
		c.Run = staging{answer: func(t *Turn) { t.Answer(code, "odd", "Cache-Control: no-store") }, judge: func(_ *Setting, x *Seen) exam.Verdict {
			return exam.Noted(x.Code().String(), say("The client got %d.", "用戶端得到 %d。", x.Code()))
		}}.run()
		all = append(all, c)
	}
	return all
}()

func passed(name string, code status.Code, spec, field string, level exam.Level) exam.Case {
	what := "with content"
	if field != "" {
		what += " and " + field
	}
	return exam.Case{
		Name: name, Level: level, Spec: spec, Codes: codes(code), Over: all, Needs: needs(Gets), Fault: "hides-codes",
		Stages: say("The origin answers a GET with %d, %s.", "源伺服器以 %d 回應 GET（%s）。", code, what),
		Wants:  say("The same code, its content and its own field come back.", "代碼、內容與它專屬的欄位都原樣回來。"),
		Run: staging{answer: func(t *Turn) {
			f := []string{"Content-Type: text/plain", "Cache-Control: no-store"}
			if field != "" {
				f = append(f, field)
			}
			t.Answer(code, "what the origin says", f...)
		}, judge: func(s *Setting, x *Seen) exam.Verdict {
			if x.Code() != code {
				return lesser(exam.DeFacto, fail("The %d came back as %d.", "%d 回來時成了 %d。", code, x.Code()))
			}
			if name, value, ok := strings.Cut(field, ": "); ok {
				switch got := x.Answer().Fields.Get(name); {
				case got == "": // of 401 and 405 an origin's duty, so a gateway's
					return fail("%s did not come back.", "%s 沒有回來。", name)
				case !sameValue(name, value, got):
					return s.weighs(exam.DeFacto, "changed", fail("%s came back as %q.", "%s 回來時是 %q。", name, got))
				}
			}
			if x.Text() != "what the origin says" {
				return lesser(exam.DeFacto, fail("Its content came back as %.40q.", "內容回來時是 %.40q。", x.Text()))
			}
			return pass("It came back as it is.", "它原樣回來。")
		}}.run(),
	}
}

// sameValue compares a field's value with what became of it. A gateway may make
// a Location absolute or map it to its own address.
func sameValue(name, want, got string) bool {
	if name == "Location" {
		return strings.HasSuffix(got, want)
	}
	return got == want
}
