package stage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var dav = []Scene{
	{
		Code: 207, Name: "collection-and-members",
		Cause: lang.Text{
			En:   "The request asks for properties of a collection and of its members, and each has an answer of its own.",
			ZhTW: "請求詢問一個集合與其成員的屬性，每一個各有自己的答案。"},
		Cue: []Step{
			{Method: "MKCOL", Path: "/lab/depot/{nonce}/", Status: 201},
			{Method: "PUT", Path: "/lab/depot/{nonce}/tea", Content: "oolong", Status: 201},
			{Method: "PROPFIND", Path: "/lab/depot/{nonce}/", Fields: depth("1"), Content: asksFor("getcontentlength"), Status: 207,
				Reports:  []Report{{"/lab/depot/{nonce}/", 404}, {"/lab/depot/{nonce}/tea", 200}},
				Evidence: []Evidence{says("<D:getcontentlength>6</D:getcontentlength>")}},
		},
		Control: []Step{{Method: "PROPFIND", Path: "/lab/depot/{nonce}-other/", Fields: depth("1"), Content: asksFor("getcontentlength"), Status: 404}},
		Differs: lang.Text{En: "There is no such collection: one answer is enough.", ZhTW: "沒有這個集合，一個答案就夠了。"},
		Over:    everywhere,
	},
	{
		Code: 207, Name: "member-that-stays",
		Cause: lang.Text{
			En:   "A member of the collection is locked, so the collection cannot be deleted, and the answer is about the member.",
			ZhTW: "集合裡有個成員被鎖住，所以集合不能刪除；回應講的是那個成員。"},
		Cue: append(collectionWithLock,
			Step{Method: "DELETE", Path: "/lab/depot/{nonce}/", Status: 207, Reports: []Report{{"/lab/depot/{nonce}/tea", 423}},
				Evidence: []Evidence{says("<D:lock-token-submitted>")}},
			Step{Method: "GET", Path: "/lab/depot/{nonce}/tea", Status: 200, Evidence: []Evidence{content("oolong")}}),
		Control: []Step{
			{Method: "UNLOCK", Path: "/lab/depot/{nonce}/tea", Fields: field("Lock-Token", "{lock}"), Status: 204},
			{Method: "DELETE", Path: "/lab/depot/{nonce}/", Status: 204},
		},
		Differs: lang.Text{En: "The member is not locked any more.", ZhTW: "那個成員已經解鎖。"},
		Over:    everywhere,
	},
	{
		Code: 208, Name: "leads-back-to-itself",
		Cause: lang.Text{
			En:   "A binding in the collection leads back to the collection, whose members were listed already.",
			ZhTW: "集合裡有個繫結又通回這個集合，而它的成員已經列過了。"},
		Cue: append(bindingLoop, Step{Method: "PROPFIND", Path: "{location}depot/c/", Fields: append(depth("infinity"), bindAware...), Content: asksFor("resource-id"), Status: 207,
			Reports: []Report{{"{location}depot/c/", 200}, {"{location}depot/c/tea", 200}, {"{location}depot/c/again/", 208}}}),
		Control: []Step{
			{Method: "PROPFIND", Path: "{location}depot/c/", Fields: append(depth("1"), bindAware...), Content: asksFor("resource-id"), Status: 207,
				Reports: []Report{{"{location}depot/c/", 200}, {"{location}depot/c/tea", 200}, {"{location}depot/c/again/", 200}}},
			{Method: "UNBIND", Path: "{location}depot/c/", Fields: xmlFields, Content: unbinding("again"), Status: 204},
			{Method: "PROPFIND", Path: "{location}depot/c/", Fields: append(depth("infinity"), bindAware...), Content: asksFor("resource-id"), Status: 207,
				Reports: []Report{{"{location}depot/c/", 200}, {"{location}depot/c/tea", 200}}},
		},
		Differs: lang.Text{En: "One level is asked for; then the binding is gone.", ZhTW: "只問一層；接著是那個繫結已經移除。"},
		Over:    everywhere,
	},
	{
		Code: 208, Name: "bound-twice",
		Cause: lang.Text{
			En:   "Two bindings lead to the same collection; for a client that knows 208 its members are listed once.",
			ZhTW: "兩個繫結通往同一個集合；對看得懂 208 的用戶端，成員只列一次。"},
		Cue: append(ownWorld,
			Step{Method: "MKCOL", Path: "{location}depot/c/", Status: 201},
			Step{Method: "MKCOL", Path: "{location}depot/c/a/", Status: 201},
			Step{Method: "PUT", Path: "{location}depot/c/a/tea", Content: "oolong", Status: 201},
			Step{Method: "BIND", Path: "{location}depot/c/", Fields: xmlFields, Content: binding("b", "{location}depot/c/a/"), Status: 201},
			Step{Method: "PROPFIND", Path: "{location}depot/c/", Fields: append(depth("infinity"), bindAware...), Content: asksFor("resource-id"), Status: 207,
				Reports: []Report{{"{location}depot/c/", 200}, {"{location}depot/c/a/", 200}, {"{location}depot/c/a/tea", 200}, {"{location}depot/c/b/", 208}}}),
		Control: []Step{{Method: "PROPFIND", Path: "{location}depot/c/", Fields: depth("infinity"), Content: asksFor("resource-id"), Status: 207,
			Reports: []Report{{"{location}depot/c/", 200}, {"{location}depot/c/a/", 200}, {"{location}depot/c/a/tea", 200},
				{"{location}depot/c/b/", 200}, {"{location}depot/c/b/tea", 200}}}},
		Differs: lang.Text{En: "The client does not say DAV: bind, and gets the members twice.", ZhTW: "用戶端沒送 DAV: bind，成員就列兩次。"},
		Over:    everywhere,
	},
	{
		Code: 424, Name: "all-or-nothing",
		Cause: lang.Text{
			En:   "One of two properties cannot be set, so the other is not set either.",
			ZhTW: "兩個屬性有一個不能設定，另一個也就不設定。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "oolong", Status: 201},
			{Method: "PROPPATCH", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: setting(`<c:colour xmlns:c="http://tea.test/">green</c:colour><D:getetag>mine</D:getetag>`),
				Status: 207, Reports: []Report{{"/lab/depot/{nonce}", 403}, {"/lab/depot/{nonce}", 424}}, Evidence: []Evidence{says("<D:cannot-modify-protected-property/>")}},
			{Method: "PROPFIND", Path: "/lab/depot/{nonce}", Fields: depth("0"), Content: asksForColour, Status: 207, Reports: []Report{{"/lab/depot/{nonce}", 404}}},
		},
		Control: []Step{
			{Method: "PROPPATCH", Path: "/lab/depot/{nonce}", Fields: xmlFields, Content: setting(`<c:colour xmlns:c="http://tea.test/">green</c:colour>`),
				Status: 207, Reports: []Report{{"/lab/depot/{nonce}", 200}}},
			{Method: "PROPFIND", Path: "/lab/depot/{nonce}", Fields: depth("0"), Content: asksForColour, Status: 207, Reports: []Report{{"/lab/depot/{nonce}", 200}},
				Evidence: []Evidence{says(">green</colour>")}},
		},
		Differs: lang.Text{En: "Only the property that can be set is to be set.", ZhTW: "只設定可以設定的那個屬性。"},
		Over:    everywhere,
	},
	{
		Code: 424, Name: "locked-below",
		Cause: lang.Text{
			En:   "A lock of all the tree cannot be had, because one member is locked already: the collection is not locked for that reason.",
			ZhTW: "成員之一已經被鎖住，整棵樹就鎖不成；集合沒鎖上，原因在它。"},
		Cue: append(collectionWithLock, Step{Method: "LOCK", Path: "/lab/depot/{nonce}/", Fields: append(depth("infinity"), xmlFields...), Content: lockInfo("exclusive", "write"), Status: 207,
			Reports: []Report{{"/lab/depot/{nonce}/tea", 423}, {"/lab/depot/{nonce}/", 424}}}),
		Control: []Step{{Method: "LOCK", Path: "/lab/depot/{nonce}/", Fields: append(depth("0"), xmlFields...), Content: lockInfo("exclusive", "write"), Status: 200}},
		Differs: lang.Text{En: "Only the collection itself is to be locked.", ZhTW: "只鎖集合本身。"},
		Over:    everywhere,
	},
	{
		Code: 508, Name: "no-end-to-it",
		Cause: lang.Text{
			En:   "The collection is bound within itself, and the client, which does not know 208, asks for all depths.",
			ZhTW: "集合裡面又繫結了它自己，而看不懂 208 的用戶端要求列出所有深度。"},
		Cue: append(bindingLoop, Step{Method: "PROPFIND", Path: "{location}depot/c/", Fields: depth("infinity"), Content: asksFor("resource-id"), Status: 508,
			Evidence: []Evidence{because(12, "binding-loop"), names("/depot/c/again/")}}),
		Control: []Step{
			{Method: "PROPFIND", Path: "{location}depot/c/", Fields: append(depth("infinity"), bindAware...), Content: asksFor("resource-id"), Status: 207,
				Reports: []Report{{"{location}depot/c/", 200}, {"{location}depot/c/tea", 200}, {"{location}depot/c/again/", 208}}},
			{Method: "PROPFIND", Path: "{location}depot/c/", Fields: depth("1"), Content: asksFor("resource-id"), Status: 207,
				Reports: []Report{{"{location}depot/c/", 200}, {"{location}depot/c/tea", 200}, {"{location}depot/c/again/", 200}}},
			{Method: "UNBIND", Path: "{location}depot/c/", Fields: xmlFields, Content: unbinding("again"), Status: 204},
			{Method: "PROPFIND", Path: "{location}depot/c/", Fields: depth("infinity"), Content: asksFor("resource-id"), Status: 207,
				Reports: []Report{{"{location}depot/c/", 200}, {"{location}depot/c/tea", 200}}},
		},
		Differs: lang.Text{En: "The client says that it knows bindings; then it asks for one level; then there is no loop.", ZhTW: "用戶端表明看得懂繫結；接著只問一層；最後是迴圈已經移除。"},
		Over:    everywhere,
	},
}

// collectionWithLock makes a collection with one member, which is locked.
var collectionWithLock = []Step{
	{Method: "MKCOL", Path: "/lab/depot/{nonce}/", Status: 201},
	{Method: "PUT", Path: "/lab/depot/{nonce}/tea", Content: "oolong", Status: 201},
	{Method: "LOCK", Path: "/lab/depot/{nonce}/tea", Fields: xmlFields, Content: lockInfo("exclusive", "write"), Status: 200},
}

// bindingLoop makes a collection that is bound within itself, in a world of its
// own: in the shared one it would be in everybody's way.
var bindingLoop = slices.Clip(slices.Concat(ownWorld, []Step{
	{Method: "MKCOL", Path: "{location}depot/c/", Status: 201},
	{Method: "PUT", Path: "{location}depot/c/tea", Content: "oolong", Status: 201},
	{Method: "BIND", Path: "{location}depot/c/", Fields: xmlFields, Content: binding("again", "{location}depot/c/"), Status: 201},
}))

var (
	xmlFields = field("Content-Type", "application/xml; charset=utf-8")
	bindAware = field("DAV", "bind")
)

// depth goes with content that is XML.
func depth(d string) wire.Fields {
	return wire.Fields{{Name: "Depth", Value: d}, xmlFields[0]}
}

func asksFor(property string) string {
	return `<D:propfind xmlns:D="DAV:"><D:prop><D:` + property + `/></D:prop></D:propfind>`
}

const asksForColour = `<D:propfind xmlns:D="DAV:"><D:prop><c:colour xmlns:c="http://tea.test/"/></D:prop></D:propfind>`

func setting(properties string) string {
	return `<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop>` + properties + `</D:prop></D:set></D:propertyupdate>`
}

func binding(segment, href string) string {
	return `<D:bind xmlns:D="DAV:"><D:segment>` + segment + `</D:segment><D:href>` + href + `</D:href></D:bind>`
}

func unbinding(segment string) string {
	return `<D:unbind xmlns:D="DAV:"><D:segment>` + segment + `</D:segment></D:unbind>`
}

func lockInfo(scope, kind string) string {
	return `<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:` + scope + `/></D:lockscope><D:locktype><D:` + kind + `/></D:locktype><D:owner>a player</D:owner></D:lockinfo>`
}

// says: the content contains the text.
func says(text string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("the content says %q", text),
			ZhTW: fmt.Sprintf("內容含有 %q", text)},
		Check: func(x *wire.Exchange) error {
			if got := string(x.Answer().Content.Data); !strings.Contains(got, text) {
				return fmt.Errorf("the content does not say %q: %.300s", text, got)
			}
			return nil
		},
	}
}
