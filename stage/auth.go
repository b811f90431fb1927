package stage

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/origin"
	"github.com/statute-http/statute/wire"
)

var auth = []Scene{
	{
		Code: 401, Name: "nobody-said-who",
		Cause: lang.Text{
			En:   "The cellar opens to people it knows, and the request does not say who asks.",
			ZhTW: "酒窖只開放給認得的人，而請求沒有表明是誰。"},
		Cue: []Step{{Method: "GET", Path: "/lab/cellar/list", Status: 401,
			Evidence: []Evidence{because(7, "credentials-missing"), challenges("Basic", "Digest", "Bearer"), noError}}},
		Control: []Step{{Method: "GET", Path: "/lab/cellar/list", Fields: basic("guest", "guest"), Status: 200}},
		Differs: lang.Text{En: "The request has a user's name and password.", ZhTW: "請求帶有使用者的名稱與密碼。"},
		Over:    everywhere,
	},
	{
		Code: 401, Name: "wrong-password",
		Cause: lang.Text{
			En:   "The user exists, and the password is another one.",
			ZhTW: "有這位使用者，但密碼不對。"},
		Cue: []Step{{Method: "GET", Path: "/lab/cellar/list", Fields: basic("guest", "tea"), Status: 401,
			Evidence: []Evidence{because(7, "credentials-wrong"), challenges("Basic", "Digest", "Bearer"), noError}}},
		Control: []Step{{Method: "GET", Path: "/lab/cellar/list", Fields: basic("guest", "guest"), Status: 200}},
		Differs: lang.Text{En: "The password is right.", ZhTW: "密碼正確。"},
		Over:    everywhere,
	},
	{
		Code: 401, Name: "token-expired",
		Cause: lang.Text{
			En:   "The token was good for a second, and the second is over.",
			ZhTW: "權杖的有效期只有一秒，而這一秒已經過了。"},
		Cue: []Step{
			{Method: "POST", Path: "/lab/tokens", Fields: append(basic("guest", "guest"), jsonType...), Content: `{"seconds":1}`, Status: 200},
			{Method: "GET", Path: "/lab/cellar/list", Fields: bearer, Wait: 1100 * time.Millisecond, Status: 401,
				Evidence: []Evidence{because(7, "credentials-expired"), challenged(`error="invalid_token"`)}},
		},
		Control: []Step{
			{Method: "POST", Path: "/lab/tokens", Fields: append(basic("guest", "guest"), jsonType...), Content: `{"seconds":60}`, Status: 200},
			{Method: "GET", Path: "/lab/cellar/list", Fields: bearer, Wait: 1100 * time.Millisecond, Status: 200},
		},
		Differs: lang.Text{En: "The token is good for a minute.", ZhTW: "權杖的有效期是一分鐘。"},
		Over:    everywhere,
	},
	{
		Code: 403, Name: "guest-at-the-vault",
		Cause: lang.Text{
			En:   "The guest is known, and may read the list but not enter the vault.",
			ZhTW: "guest 的身分沒有問題，但只能看清單，不能進金庫。"},
		Cue: []Step{
			{Method: "GET", Path: "/lab/cellar/list", Fields: basic("guest", "guest"), Status: 200},
			{Method: "GET", Path: "/lab/cellar/vault", Fields: basic("guest", "guest"), Status: 403,
				Evidence: []Evidence{because(7, "not-permitted")}},
		},
		Control: []Step{{Method: "GET", Path: "/lab/cellar/vault", Fields: basic("keeper", "keeper"), Status: 200}},
		Differs: lang.Text{En: "The user has the right.", ZhTW: "換成有權限的使用者。"},
		Over:    everywhere,
	},
	{
		Code: 403, Name: "token-of-too-small-a-scope",
		Cause: lang.Text{
			En:   "The token is good, and its scope does not have the vault in it.",
			ZhTW: "權杖有效，但範圍不包含金庫。"},
		Cue: []Step{
			{Method: "POST", Path: "/lab/tokens", Fields: append(basic("guest", "guest"), jsonType...), Content: "{}", Status: 200},
			{Method: "GET", Path: "/lab/cellar/vault", Fields: bearer, Status: 403,
				Evidence: []Evidence{because(7, "not-permitted"), challenged(`error="insufficient_scope"`)}},
		},
		Control: []Step{
			{Method: "POST", Path: "/lab/tokens", Fields: append(basic("keeper", "keeper"), jsonType...), Content: "{}", Status: 200},
			{Method: "GET", Path: "/lab/cellar/vault", Fields: bearer, Status: 200},
		},
		Differs: lang.Text{En: "The token is the keeper's.", ZhTW: "權杖是 keeper 的。"},
		Over:    everywhere,
	},
	{
		Code: 404, Name: "not-admitted",
		Cause: lang.Text{
			En:   "The room exists, and a guest who may not enter is not to know of it: the answer is that for a room which there is not.",
			ZhTW: "房間存在，但不讓無權進入的 guest 知道：回應與不存在的房間相同。"},
		Cue: []Step{
			{Method: "GET", Path: "/lab/cellar/{nonce}", Fields: basic("guest", "guest"), Status: 404,
				Evidence: []Evidence{because(8, "no-such-resource")}},
			{Method: "GET", Path: "/lab/cellar/secret", Fields: basic("guest", "guest"), Status: 404,
				Evidence: []Evidence{because(8, "no-such-resource")}},
		},
		Control: []Step{{Method: "GET", Path: "/lab/cellar/secret", Fields: basic("keeper", "keeper"), Status: 200}},
		Differs: lang.Text{En: "The user may know.", ZhTW: "換成可以知道的使用者。"},
		Over:    everywhere,
	},
}

// rooms of the cellar.
var rooms = []string{"list", "vault", "secret"}

func (p *plan) cellar(parts []string) *origin.Node {
	if len(parts) != 2 || !slices.Contains(rooms, parts[1]) {
		return nothing()
	}
	n := p.fixed("text/plain; charset=utf-8", map[string]string{
		"list":   "oolong, pouchong, oriental beauty\n",
		"vault":  "one cake of aged dark tea\n",
		"secret": "the key is under the teapot\n",
	}[parts[1]])
	n.Private = true
	return n
}

// basic is Authorization as RFC 7617 §2 has it.
func basic(name, password string) wire.Fields {
	return field("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(name+":"+password)))
}

// bearer is Authorization with the last token that an answer gave.
var bearer = field("Authorization", "Bearer {token}")

// challenges: the answer has a challenge of each of these schemes and no other.
func challenges(schemes ...string) Evidence {
	list := strings.Join(schemes, ", ")
	return Evidence{
		Says: lang.Text{
			En:   "there is a challenge for each of " + list,
			ZhTW: list + " 各有一個質詢"},
		Check: func(x *wire.Exchange) error {
			var got []string
			for value := range x.Answer().Fields.Values("WWW-Authenticate") {
				scheme, _, _ := strings.Cut(value, " ")
				got = append(got, scheme)
			}
			if !slices.Equal(got, schemes) {
				return fmt.Errorf("the challenges are %v, want %v", got, schemes)
			}
			return nil
		},
	}
}

// challenged: one of the challenges says so.
func challenged(text string) Evidence {
	return Evidence{
		Says: lang.Text{En: "a challenge says " + text, ZhTW: "質詢中寫著 " + text},
		Check: func(x *wire.Exchange) error {
			for value := range x.Answer().Fields.Values("WWW-Authenticate") {
				if strings.Contains(value, text) {
					return nil
				}
			}
			return fmt.Errorf("no challenge says %s", text)
		},
	}
}

// noError: no challenge names an error, since no token was sent.
var noError = Evidence{
	Says: lang.Text{
		En:   "no challenge names an error of a token, since none was sent",
		ZhTW: "請求沒有權杖，質詢就沒有指出權杖的錯誤"},
	Check: func(x *wire.Exchange) error {
		for value := range x.Answer().Fields.Values("WWW-Authenticate") {
			if strings.Contains(value, "error") {
				return fmt.Errorf("a challenge says %s", value)
			}
		}
		return nil
	},
}
