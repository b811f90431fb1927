package stage

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/dunglas/httpsfv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/stage/road"
	"github.com/statute-http/statute/wire"
)

// cached is what happens at the lab's private cache, at /lab/cache/.
var cached = []Scene{
	{
		Code: 504, Name: "only-if-cached",
		Cause: lang.Text{
			En:   "The client wants a stored answer or none, and the cache has not stored any.",
			ZhTW: "用戶端只要儲存的回應，沒有就算了；而快取裡什麼都沒存。"},
		Cue: []Step{{Method: "GET", Path: "/lab/cache/gateway/steeped?{nonce}", Fields: field("Cache-Control", "only-if-cached"), Status: 504,
			Evidence: []Evidence{because(2, "not-cached")}}},
		Control: []Step{
			{Method: "GET", Path: "/lab/cache/gateway/steeped?{nonce}", Status: 200, Evidence: []Evidence{cacheSays("fwd", "miss")}},
			{Method: "GET", Path: "/lab/cache/gateway/steeped?{nonce}", Fields: field("Cache-Control", "only-if-cached"), Status: 200,
				Evidence: []Evidence{content("steeped.\n"), has("Age"), cacheSays("hit", "true")}},
		},
		Differs: lang.Text{En: "The answer was stored before.", ZhTW: "回應先前已經儲存。"},
		Over:    everywhere,
	},
	{
		Code: 304, Name: "by-the-cache-itself",
		Cause: lang.Text{
			En:   "The client has the answer that the cache has stored, and the cache's is still fresh: nobody else needs to be asked.",
			ZhTW: "用戶端已有快取所儲存的回應，而快取裡的還新鮮：不必再問別人。"},
		Cue: []Step{
			{Method: "GET", Path: "/lab/cache/gateway/steeped?{nonce}", Status: 200},
			{Method: "GET", Path: "/lab/cache/gateway/steeped?{nonce}", Fields: field("If-None-Match", `"first-infusion"`), Status: 304,
				Evidence: []Evidence{empty, has("Age"), carries("ETag", `"first-infusion"`), cacheSays("hit", "true")}},
		},
		Control: []Step{{Method: "GET", Path: "/lab/cache/gateway/steeped?{nonce}", Fields: field("If-None-Match", `"second-infusion"`), Status: 200,
			Evidence: []Evidence{content("steeped.\n"), has("Age"), cacheSays("hit", "true")}}},
		Differs: lang.Text{En: "The client has another answer.", ZhTW: "用戶端手上的是另一個回應。"},
		Over:    everywhere,
	},
	{
		Code: 304, Name: "by-the-origin-asked",
		Cause: lang.Text{
			En:   "The origin wants to be asked each time. The cache asks it with the tag that it has stored, and nothing has changed.",
			ZhTW: "來源要求每次都先詢問。快取帶著儲存的標籤去問，而內容沒有變。"},
		Cue: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "tea", Status: 201},
			{Method: "GET", Path: "/lab/cache/depot/{nonce}", Status: 200, Evidence: []Evidence{content("tea"), cacheSays("fwd", "miss")}},
			{Method: "GET", Path: "/lab/cache/depot/{nonce}", Fields: field("If-None-Match", origin.Fixed("tea").Tag()), Status: 304,
				Evidence: []Evidence{empty, cacheSays("fwd", "stale"), cacheSays("fwd-status", "304")}},
			{Method: "GET", Path: "/lab/cache/depot/{nonce}", Status: 200,
				Evidence: []Evidence{content("tea"), cacheSays("fwd-status", "304")}},
		},
		Control: []Step{
			{Method: "PUT", Path: "/lab/depot/{nonce}", Content: "more tea", Status: 204},
			{Method: "GET", Path: "/lab/cache/depot/{nonce}", Fields: field("If-None-Match", origin.Fixed("tea").Tag()), Status: 200,
				Evidence: []Evidence{content("more tea"), cacheSays("fwd-status", "200")}},
		},
		Differs: lang.Text{En: "It was changed in the meantime.", ZhTW: "其間內容改過了。"},
		Over:    everywhere,
	},
	{
		Code: 425, Name: "marked-by-an-intermediary",
		Cause: lang.Text{
			En:   "The request comes in early data to the cache, which passes it on before the handshake is over and marks it. The origin sees the mark and will not answer yet; the cache passes that back.",
			ZhTW: "請求隨早期資料送到快取，快取在交握完成前就轉送出去，並加上標記。來源看到標記，還不願回應；快取把這個回應轉回來。"},
		Cue: []Step{{Method: "GET", Path: "/lab/cache/cellar/list", Fields: basic("guest", "guest"), Early: true, Status: 425,
			Evidence: []Evidence{marked, early, has("Via"), cacheSays("fwd", "miss")}}},
		Control: []Step{{Method: "GET", Path: "/lab/cache/cellar/list", Fields: basic("guest", "guest"), Status: 200, Evidence: []Evidence{has("Via")}}},
		Differs: lang.Text{En: "It comes after the handshake.", ZhTW: "在交握完成之後才送。"},
		Over:    over(wire.H3),
		Only:    onlyEarlyH3,
	},
}

// passCache answers for a resource of the world from the cache.
func (l *Lab) passCache(w http.ResponseWriter, r *http.Request, prefix string) error {
	if l.At == "" {
		return notFound()
	}
	_, target, ok := strings.Cut(r.URL.EscapedPath(), "/cache/")
	if !ok {
		return notFound()
	}
	target = prefix + "/" + target
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	return l.cache.Pass(w, r, road.Onward{Address: l.At, Authority: l.At, Target: target})
}

// cacheSays: the first member of Cache-Status has this parameter.
func cacheSays(param, want string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("Cache-Status says %s=%s", param, want),
			ZhTW: fmt.Sprintf("Cache-Status 寫著 %s=%s", param, want)},
		Check: func(x *wire.Exchange) error { return paramOf(x, "Cache-Status", param, want) },
	}
}

// paramOf holds a parameter of the last member of a structured list against
// what is wanted: that of the hop nearest to the client.
func paramOf(x *wire.Exchange, field, param, want string) error {
	list, err := httpsfv.UnmarshalList([]string{x.Answer().Fields.Get(field)})
	if err != nil || len(list) == 0 {
		return fmt.Errorf("%s is %q", field, x.Answer().Fields.Get(field))
	}
	item, ok := list[len(list)-1].(httpsfv.Item)
	if !ok {
		return fmt.Errorf("the last member of %s is no item", field)
	}
	got, _ := item.Params.Get(param)
	if fmt.Sprint(got) != want {
		return fmt.Errorf("%s says %s=%v, want %s", field, param, got, want)
	}
	return nil
}
