package stage

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var fault = []Scene{
	{
		Code: 500, Name: "division",
		Cause: lang.Text{
			En:   "The page divides by the number of guests and its author forgot that there may be none.",
			ZhTW: "這一頁會除以客人的人數，而作者忘了人數可能是零。"},
		Cue: []Step{{Method: "GET", Path: "/lab/share?among=0", Status: 500,
			Evidence: []Evidence{because(15, "fault"), incident}}},
		Control: []Step{{Method: "GET", Path: "/lab/share?among=4", Status: 200, Evidence: []Evidence{content("25\n")}}},
		Differs: lang.Text{
			En:   "There are four guests.",
			ZhTW: "客人有四位。"},
		Over: everywhere,
	},
}

// newShare divides a hundred cakes among the guests. That nobody looks whether
// there are any is the fault on show: the division panics, and what contains
// the panic makes the 500.
func newShare() *mechanism {
	return &mechanism{
		allow: []string{"GET", "HEAD", "OPTIONS"},
		handle: func(w http.ResponseWriter, r *http.Request) error {
			guests, err := strconv.Atoi(r.URL.Query().Get("among"))
			if err != nil {
				return &wire.Refusal{
					Status: 400, Gate: 14, Reason: "not-a-number", Spec: "RFC 9110 §15.5.1",
					Detail: lang.Text{
						En:   "Say among how many guests: /lab/share?among=4.",
						ZhTW: "請說明要分給幾位客人：/lab/share?among=4。"},
				}
			}
			share := 100 / guests
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Cache-Control", "no-cache")
			fmt.Fprintln(w, share)
			return nil
		},
	}
}
