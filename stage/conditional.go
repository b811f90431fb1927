package stage

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var conditional = []Scene{
	{
		Code: 304, Name: "still-the-same",
		Cause: lang.Text{
			En:   "The client has a copy with the current entity tag and asks whether it is still good.",
			ZhTW: "用戶端手上有一份帶著目前 ETag 的副本，問它是否仍然有效。"},
		Cue: []Step{{Method: "GET", Path: "/lab/book", Fields: field("If-None-Match", bookTag), Status: 304,
			Evidence: []Evidence{empty, carries("ETag", bookTag)}}},
		Control: []Step{{Method: "GET", Path: "/lab/book", Fields: field("If-None-Match", `"stale"`), Status: 200,
			Evidence: []Evidence{carries("ETag", bookTag)}}},
		Differs: lang.Text{En: "The client's copy is another one.", ZhTW: "用戶端的副本是別的版本。"},
		Over:    everywhere,
	},
	{
		Code: 304, Name: "weak-tag-in-a-list",
		Cause: lang.Text{
			En:   "One of several tags is the current one, written as weak: for If-None-Match that is the same.",
			ZhTW: "幾個標籤之中有目前的那一個，只是寫成弱標籤；對 If-None-Match 來說一樣。"},
		Cue: []Step{{Method: "GET", Path: "/lab/book", Fields: field("If-None-Match", `"a", W/`+bookTag+`, "b"`), Status: 304,
			Evidence: []Evidence{empty}}},
		Control: []Step{{Method: "GET", Path: "/lab/book", Fields: field("If-None-Match", `"a", "b"`), Status: 200}},
		Differs: lang.Text{En: "The current tag is not in the list.", ZhTW: "清單裡沒有目前的標籤。"},
		Over:    everywhere,
	},
	{
		Code: 412, Name: "somebody-was-faster",
		Cause: lang.Text{
			En:   "The client would change the version that it has read, but there is a newer one.",
			ZhTW: "用戶端想修改自己讀到的版本，但已經有更新的版本。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "mine", Status: 201},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "somebody else's", Status: 204},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("If-Match", entityTag("mine")), Content: "mine again", Status: 412,
				Evidence: []Evidence{because(13, "if-match")}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200, Evidence: []Evidence{content("somebody else's")}},
		},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("If-Match", entityTag("somebody else's")), Content: "mine again", Status: 204}},
		Differs: lang.Text{En: "The client has read the newest version.", ZhTW: "用戶端讀的是最新版本。"},
		Over:    everywhere,
	},
	{
		Code: 412, Name: "not-over-anything",
		Cause: lang.Text{
			En:   "The client allows the copy only where nothing is yet, and something is there.",
			ZhTW: "用戶端只准複製到還沒有東西的地方，而那裡已經有東西。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "mine", Status: 201},
			{Method: "PUT", Path: "/lab/depot/{nonce}-b", Content: "somebody else's", Status: 201},
			{Method: "COPY", Path: "/lab/depot/{nonce}", Fields: wire.Fields{{Name: "Destination", Value: "/lab/depot/{nonce}-b"}, {Name: "Overwrite", Value: "F"}},
				Status: 412, Evidence: []Evidence{because(13, "overwrite")}},
			{Method: "GET", Path: "/lab/depot/{nonce}-b", Status: 200, Evidence: []Evidence{content("somebody else's")}},
		},
		Control: []Step{{Method: "COPY", Path: "/lab/depot/{nonce}", Fields: wire.Fields{{Name: "Destination", Value: "/lab/depot/{nonce}-c"}, {Name: "Overwrite", Value: "F"}}, Status: 201}},
		Differs: lang.Text{En: "There is nothing at the destination.", ZhTW: "目的地還沒有東西。"},
		Over:    everywhere,
	},
	{
		Code: 412, Name: "lock-that-is-over",
		Cause: lang.Text{
			En:   "The client believes that it holds a lock, and says so in WebDAV's If; the lock was given back meanwhile.",
			ZhTW: "用戶端以為自己持有鎖，並寫在 WebDAV 的 If；其實鎖已經歸還。"},
		Cue: []Step{
			{Method: "LOCK", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: lockInfo("exclusive", "write"), Status: 201},
			{Method: "UNLOCK", Path: "/lab/depot/{nonce}", Fields: field("Lock-Token", "{lock}"), Status: 204},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("If", "({lock})"), Content: "mine", Status: 412,
				Evidence: []Evidence{because(13, "if")}},
		},
		Control: []Step{
			{Method: "LOCK", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: lockInfo("exclusive", "write"), Status: 200},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("If", "({lock})"), Content: "mine", Status: 204},
		},
		Differs: lang.Text{En: "The client really holds the lock.", ZhTW: "用戶端真的持有鎖。"},
		Over:    everywhere,
	},
	{
		Code: 428, Name: "no-blind-changes",
		Cause: lang.Text{
			En:   "The recipe accepts conditional changes only, and the request has no condition.",
			ZhTW: "這份食譜只接受附條件的變更，而請求沒有附條件。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/recipes/{nonce}", Content: "water, tea", Status: 201},
			{Method: "PUT", Path: "/lab/recipes/{nonce}", Content: "tea, water", Status: 428,
				Evidence: []Evidence{because(13, "condition-required"), names("If-Match")}},
			{Method: "GET", Path: "/lab/recipes/{nonce}", Status: 200, Evidence: []Evidence{content("water, tea")}},
		},
		Control: []Step{{Method: "PUT", Path: "/lab/recipes/{nonce}", Fields: field("If-Match", entityTag("water, tea")), Content: "tea, water", Status: 204}},
		Differs: lang.Text{En: "The change is conditional on the current tag.", ZhTW: "變更以目前的標籤為條件。"},
		Over:    everywhere,
	},
}

var bookTag = entityTag(bookText)
