package stage

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

var success = []Scene{
	{
		Code: 200, Name: "stored-page",
		Cause: lang.Text{
			En:   "There is a page, and the client has no copy of it.",
			ZhTW: "頁面存在，而用戶端手上沒有副本。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200,
				Evidence: []Evidence{content("tea"), carries("ETag", entityTag("tea"))}},
		},
		Control: []Step{{Method: "GET", Path: "/lab/depot/{nonce}",
			Fields: field("If-None-Match", entityTag("tea")), Status: 304, Evidence: []Evidence{empty}}},
		Differs: lang.Text{
			En:   "The client says that it has the current copy already.",
			ZhTW: "用戶端表明自己已有目前的副本。"},
		Over: everywhere,
	},
	{
		Code: 200, Name: "fields-alone",
		Cause: lang.Text{
			En:   "The book is there, and HEAD asks for what GET would say of it, without the book itself.",
			ZhTW: "書在那裡，HEAD 要的是 GET 會怎麼描述它，不要書本身。"},
		Cue: []Step{{Method: "HEAD", Path: "/lab/book", Status: 200,
			Evidence: []Evidence{empty, carries("Content-Length", "2048"), carries("ETag", entityTag(bookText))}}},
		Control: []Step{{Method: "GET", Path: "/lab/book", Status: 200, Evidence: []Evidence{content(bookText), carries("ETag", entityTag(bookText))}}},
		Differs: lang.Text{En: "The method is GET: the content comes too.", ZhTW: "方法是 GET：內容也一起送來。"},
		Over:    everywhere,
	},
	{
		Code: 200, Name: "result-of-the-work",
		Cause: lang.Text{
			En:   "The tea that was ordered by POST is ready within the time that the client waits: the content is the result.",
			ZhTW: "以 POST 要求泡的茶，在用戶端願意等的時間內泡好了：內容就是結果。"},
		Cue: append(ownWorld, Step{Method: "POST", Path: "{location}jobs/", Fields: jsonType, Content: `{"steep":"pouchong","seconds":0.1}`, Status: 200,
			Evidence: []Evidence{content("pouchong, steeped for 0.1s\n")}}),
		Control: []Step{{Method: "POST", Path: "{location}jobs/", Fields: wire.Fields{jsonType[0], {Name: "Prefer", Value: "respond-async"}},
			Content: `{"steep":"pouchong","seconds":0.1}`, Status: 202, Evidence: []Evidence{has("Location")}}},
		Differs: lang.Text{En: "The client would rather not wait.", ZhTW: "用戶端不想等。"},
		Over:    everywhere,
	},
	{
		Code: 200, Name: "shown-after-the-change",
		Cause: lang.Text{
			En:   "The document was replaced, and the client asked to see what is there now.",
			ZhTW: "文件已被取代，而用戶端要求看看現在是什麼樣子。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("Prefer", "return=representation"), Content: "more tea", Status: 200,
				Evidence: []Evidence{content("more tea"), carries("ETag", entityTag("more tea"))}},
		},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more tea", Status: 204}},
		Differs: lang.Text{En: "The client did not ask to see it.", ZhTW: "用戶端沒有要求看。"},
		Over:    everywhere,
	},
	{
		Code: 200, Name: "request-sent-back",
		Cause: lang.Text{
			En:   "TRACE asks what arrived, and the book gives it back, without what might be a secret.",
			ZhTW: "TRACE 問的是對方收到了什麼，而這本書會原樣送回，略去可能需要保密的部分。"},
		Cue: []Step{{Method: "TRACE", Path: "/lab/book", Fields: wire.Fields{{Name: "X-Tea", Value: "oolong"}, {Name: "Cookie", Value: "crumbs=secret"}},
			Status: 200, Evidence: []Evidence{reflects("X-Tea: oolong", "crumbs")}}},
		Control: []Step{{Method: "TRACE", Path: "/lab/page", Status: 405}},
		Differs: lang.Text{En: "The page does not take TRACE.", ZhTW: "這一頁不接受 TRACE。"},
		Over:    everywhere,
	},
	{
		Code: 201, Name: "new-name",
		Cause: lang.Text{
			En:   "Nothing was stored under that name before; now there is a document.",
			ZhTW: "這個名稱以前沒有存過東西，現在有了一份文件。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201, Evidence: []Evidence{carries("ETag", entityTag("tea"))}},
		},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 204}},
		Differs: lang.Text{En: "There is a document of that name already.", ZhTW: "已經有這個名稱的文件。"},
		Over:    everywhere,
	},
	{
		Code: 201, Name: "named-by-the-server",
		Cause: lang.Text{
			En:   "An order was placed; the server gave it a URI, which is in Location.",
			ZhTW: "下了一張訂單；伺服器給了它一個 URI，寫在 Location。"},
		Cue:     []Step{{Method: "POST", Path: "/lab/orders/", Fields: jsonType, Content: order, Status: 201, Evidence: []Evidence{has("Location")}}},
		Control: []Step{{Method: "GET", Path: "{location}", Status: 200, Evidence: []Evidence{content(order)}}},
		Differs: lang.Text{En: "It is there already, and is fetched.", ZhTW: "它已經存在，這次是取回。"},
		Over:    everywhere,
	},
	{
		Code: 202, Name: "steeping",
		Cause: lang.Text{
			En:   "The work takes three seconds and the client would rather not wait: it is taken in, and a monitor says how it stands.",
			ZhTW: "工作要花三秒，而用戶端不想等：先收下來，由監看資源說明進度。"},
		Cue: append(ownWorld, Step{Method: "POST", Path: "{location}jobs/", Fields: wire.Fields{jsonType[0], {Name: "Prefer", Value: "respond-async"}},
			Content: `{"steep":"oolong","seconds":3}`, Status: 202, Carries: field("Preference-Applied", "respond-async"), Evidence: []Evidence{has("Location")}}),
		Control: []Step{
			{Method: "GET", Path: "{location}", Status: 200, Evidence: []Evidence{waits(4)}},
			{Method: "GET", Path: "{location}", Retry: true, Status: 303},
			{Method: "GET", Path: "{location}", Status: 200, Evidence: []Evidence{content("oolong, steeped for 3s\n")}},
			{Method: "POST", Path: "/lab/jobs/", Fields: jsonType, Content: `{"steep":"oolong","seconds":0.1}`, Status: 200,
				Evidence: []Evidence{content("oolong, steeped for 0.1s\n")}},
		},
		Differs: lang.Text{En: "The monitor is followed to the result; then the client waits for short work, and gets the result at once.", ZhTW: "跟著監看資源直到結果出來；接著改成短工作並願意等，便直接得到結果。"},
		Over:    everywhere,
	},
	{
		Code: 204, Name: "replaced",
		Cause: lang.Text{
			En:   "The content was stored in place of an older one, and there is nothing to show for it.",
			ZhTW: "內容取代了舊內容，除此之外沒有什麼要給用戶端看。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more tea", Status: 204,
				Evidence: []Evidence{empty, carries("Content-Length", "")}},
			{Method: "GET", Path: "/lab/depot/{nonce}", Status: 200, Evidence: []Evidence{content("more tea")}},
			{Method: "DELETE", Path: "/lab/depot/{nonce}", Status: 204, Evidence: []Evidence{empty}},
		},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more tea", Status: 201}},
		Differs: lang.Text{
			En:   "There is no older content: the name is new.",
			ZhTW: "沒有舊內容：名稱是新的。"},
		Over: everywhere,
	},
	{
		Code: 204, Name: "tag-for-the-next-write",
		Cause: lang.Text{
			En:   "There is nothing to show, but the fields tell the tag of what was stored, and the next conditional write can use it.",
			ZhTW: "沒有什麼要看的，但欄位說出了所存內容的標籤，下一次條件式寫入就能用。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more tea", Status: 204, Evidence: []Evidence{empty, carries("ETag", entityTag("more tea"))}},
			{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("If-Match", entityTag("more tea")), Content: "enough tea", Status: 204},
		},
		Control: []Step{{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: field("If-Match", entityTag("more tea")), Content: "too much tea", Status: 412}},
		Differs: lang.Text{En: "The tag is that of the write before.", ZhTW: "標籤是上一次寫入之前的。"},
		Over:    everywhere,
	},
	{
		Code: 205, Name: "next-entry",
		Cause: lang.Text{
			En:   "The entry was taken, and the form is wanted empty for the next one.",
			ZhTW: "這筆已收下，接下來要的是空白表單。"},
		Cue: []Step{{Method: "POST", Path: "/lab/tally", Fields: form, Content: "item=tea&again=yes", Status: 205, Evidence: []Evidence{empty}}},
		Control: []Step{{Method: "POST", Path: "/lab/tally", Fields: form, Content: "item=&again=yes", Status: 422,
			Evidence: []Evidence{names("item")}}},
		Differs: lang.Text{En: "The entry is empty: the form has to keep what was typed.", ZhTW: "內容是空的：表單必須保留已輸入的資料。"},
		Over:    everywhere,
	},
}

// entityTag is the validator of content in the lab.
func entityTag(text string) string { return origin.Fixed(text).Tag() }
