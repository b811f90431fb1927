package stage

import (
	"fmt"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// moveTo is the content of a request that moves {nonce} to {nonce}-new.
func moveTo(permanent, keepMethod bool, seconds int) string {
	return fmt.Sprintf(`{"from":"/lab/depot/{nonce}","to":"/lab/depot/{nonce}-new","permanent":%t,"keep-method":%t,"seconds":%d}`,
		permanent, keepMethod, seconds)
}

// moving stores a document and moves it, with a forwarding record of that kind.
func moving(permanent, keepMethod bool, seconds int) []Step {
	return []Step{
		{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Content-Type", "text/plain"), Content: "tea", Status: 201},
		{Method: "POST", Path: "/lab/moves", Fields: field("Content-Type", "application/json"),
			Content: moveTo(permanent, keepMethod, seconds), Status: 201},
	}
}

var (
	toNew = field("Location", "/lab/depot/{nonce}-new")
	atNew = Step{Method: "GET", Path: "/lab/depot/{nonce}-new", Status: 200, Evidence: []Evidence{content("tea")}}
)

var redirection = []Scene{
	{
		Code: 301, Name: "renamed",
		Cause: lang.Text{
			En:   "The document was renamed for good, and the record of that lets a client turn POST into GET.",
			ZhTW: "文件永久改了名字，而紀錄允許用戶端把 POST 變成 GET。"},
		Cue:     append(moving(true, false, 0), Step{Method: "GET", Path: "/lab/depot/{nonce}", Status: 301, Carries: toNew}),
		Control: []Step{atNew},
		Differs: lang.Text{En: "The new name is asked for.", ZhTW: "直接用新名字詢問。"},
		Over:    everywhere,
	},
	{
		Code: 308, Name: "renamed-keep-the-method",
		Cause: lang.Text{
			En:   "The document was renamed for good, and the method has to stay what it is.",
			ZhTW: "文件永久改了名字，而且方法不得改變。"},
		Cue: append(moving(true, true, 0), Step{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more", Status: 308, Carries: toNew}),
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}-new", Content: "more", Status: 204},
			{Method: "GET", Path: "/lab/depot/{nonce}-new", Status: 200, Evidence: []Evidence{content("more")}}},
		Differs: lang.Text{En: "The same PUT goes to the new name.", ZhTW: "同一個 PUT 送往新名字。"},
		Over:    everywhere,
	},
	{
		Code: 302, Name: "away-for-a-while",
		Cause: lang.Text{
			En:   "For three seconds the document answers under another name.",
			ZhTW: "有三秒鐘，文件改以另一個名字回應。"},
		Cue: append(moving(false, false, 3), Step{Method: "GET", Path: "/lab/depot/{nonce}", Status: 302, Carries: toNew}),
		Control: []Step{{Method: "GET", Path: "/lab/depot/{nonce}", Wait: 3100 * time.Millisecond, Status: 200,
			Evidence: []Evidence{content("tea")}}},
		Differs: lang.Text{En: "The three seconds are over.", ZhTW: "那三秒已經過去。"},
		Over:    everywhere,
	},
	{
		Code: 307, Name: "away-keep-the-method",
		Cause: lang.Text{
			En:   "For three seconds the document answers elsewhere, and the method has to stay what it is.",
			ZhTW: "有三秒鐘，文件在別處回應，而且方法不得改變。"},
		Cue:     append(moving(false, true, 3), Step{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more", Status: 307, Carries: toNew}),
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more", Wait: 3100 * time.Millisecond, Status: 204}},
		Differs: lang.Text{En: "The three seconds are over.", ZhTW: "那三秒已經過去。"},
		Over:    everywhere,
	},
	{
		Code: 303, Name: "see-the-record",
		Cause: lang.Text{
			En:   "The form was taken, and what the client should look at now is the record of it.",
			ZhTW: "表單已收下，用戶端接下來該看的是那筆紀錄。"},
		Cue: []Step{
			{Method: "POST", Path: "/lab/tally", Fields: form, Content: "item=tea", Status: 303, Evidence: []Evidence{has("Location")}},
			{Method: "GET", Path: "{location}", Status: 200, Evidence: []Evidence{content("tea\n")}},
			{Method: "POST", Path: "/lab/tally", Fields: form, Content: "item=tea", Status: 303},
		},
		Control: []Step{{Method: "POST", Path: "/lab/tally", Fields: form, Content: "item=tea&again=yes", Status: 205}},
		Differs: lang.Text{En: "Another entry follows: the form is wanted again, not the record.", ZhTW: "還要繼續輸入：要的是空白表單，不是紀錄。"},
		Over:    everywhere,
	},
}

var form = wire.Fields{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}}
