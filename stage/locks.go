package stage

import "github.com/statute-http/statute/lang"

var locks = []Scene{
	{
		Code: 423, Name: "somebody-is-writing",
		Cause: lang.Text{
			En:   "Somebody has locked the document to work on it, and the PUT does not show that it knows the lock.",
			ZhTW: "有人為了編輯而鎖住文件，而這個 PUT 沒有表明自己持有那個鎖。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "oolong", Status: 201},
			{Method: "LOCK", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: lockInfo("exclusive", "write"), Status: 200},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "pouchong", Status: 423,
				Evidence: []Evidence{because(12, "locked"), says("<D:lock-token-submitted><D:href>/lab/depot/")}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200, Evidence: []Evidence{content("oolong")}},
		},
		Control: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("If", "({lock})"), Content: "pouchong", Status: 204},
			{Method: "UNLOCK", Path: "/lab/depot/{nonce}", Fields: field("Lock-Token", "{lock}"), Status: 204},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "green tea", Status: 204},
		},
		Differs: lang.Text{En: "The PUT submits the token; then the document is unlocked.", ZhTW: "PUT 提交了權杖；接著是文件已經解鎖。"},
		Over:    everywhere,
	},
	{
		Code: 423, Name: "one-writer-only",
		Cause: lang.Text{
			En:   "There is an exclusive lock on the document, and somebody else wants one.",
			ZhTW: "文件上已有獨占鎖，另一個人也想鎖。"},
		Cue: []Step{
			{Method: "LOCK", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: lockInfo("exclusive", "write"), Status: 201},
			{Method: "LOCK", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: lockInfo("exclusive", "write"), Status: 423,
				Evidence: []Evidence{because(12, "conflicting-lock"), says("<D:no-conflicting-lock>")}},
		},
		Control: []Step{
			{Method: "LOCK", Path: "/lab/depot/{nonce}-shared", Fields: xmlFields, Content: lockInfo("shared", "write"), Status: 201},
			{Method: "LOCK", Path: "/lab/depot/{nonce}-shared", Fields: xmlFields, Content: lockInfo("shared", "write"), Status: 200},
		},
		Differs: lang.Text{En: "Both locks are shared ones.", ZhTW: "兩個鎖都是共享鎖。"},
		Over:    everywhere,
	},
	{
		Code: 423, Name: "name-in-a-locked-collection",
		Cause: lang.Text{
			En:   "The collection is locked, and the PUT would give it one more member.",
			ZhTW: "集合被鎖住，而這個 PUT 會讓它多一個成員。"},
		Cue: []Step{
			{Method: "MKCOL", Path: "/lab/depot/{nonce}/", Status: 201},
			{Method: "LOCK", Path: "/lab/depot/{nonce}/", Fields: depth("0"), Content: lockInfo("exclusive", "write"), Status: 200},
			{Method: "PUT", Path: "/lab/depot/{nonce}/tea", Content: "oolong", Status: 423,
				Evidence: []Evidence{because(12, "locked")}},
		},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}/tea", Fields: field("If", "</lab/depot/{nonce}/> ({lock})"), Content: "oolong", Status: 201}},
		Differs: lang.Text{En: "The PUT submits the collection's token.", ZhTW: "PUT 提交了集合的權杖。"},
		Over:    everywhere,
	},
}
