package stage

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// premium is a GET of something on the shelf.
func premium(name string, code status.Code, evidence ...Evidence) Step {
	return Step{Method: "GET", Path: "{location}premium/" + name, Status: code, Evidence: evidence}
}

// paid is the same with the credentials that the mint gave last.
func paid(name string, code status.Code, evidence ...Evidence) Step {
	s := premium(name, code, evidence...)
	s.Fields = field("Authorization", "Payment {token}")
	return s
}

// pays has a purse pay for the last challenge.
func pays(purse string, code status.Code, evidence ...Evidence) Step {
	return Step{Method: "POST", Path: "{location}purses/" + purse, Fields: plainText, Content: "{challenge}", Status: code, Evidence: evidence}
}

// ledgerSays: what is in the ledger now.
func ledgerSays(outstanding, shop int) Step {
	return Step{Method: "GET", Path: "{location}ledger", Status: 200,
		Evidence: []Evidence{content(fmt.Sprintf(`{"outstanding":%d,"shop":%d}`+"\n", outstanding, shop))}}
}

// unpaid: the 402 has a reason and a challenge, and no cache may keep it.
func unpaid(reason string, more ...Evidence) []Evidence {
	return append([]Evidence{because(7, reason), priced, carries("Cache-Control", "no-store")}, more...)
}

// payment are scenes of what costs something. Each has a world, and so a ledger,
// of its own.
var payment = []Scene{
	{
		Code: 402, Name: "four-units",
		Cause: lang.Text{
			En:   "The recipe costs four units, and the request brings no payment.",
			ZhTW: "這份食譜要價四單位，而請求沒有附上付款。"},
		Cue: append(ownWorld, premium("recipe", 402, unpaid("payment-required")...)),
		Control: []Step{
			pays("tea", 200), ledgerSays(4, 0),
			paid("recipe", 200, content(premiumText), receipt, carries("Cache-Control", "private, no-cache")),
			ledgerSays(0, 4),
			premium("sample", 200, content(premiumText), carries("Payment-Receipt", "")),
			premium("{nonce}", 404, because(8, "no-such-resource")),
			ledgerSays(0, 4),
		},
		Differs: lang.Text{
			En:   "The purse has paid for the challenge, and the money moves once. A sample costs nothing; what does not exist costs nothing either.",
			ZhTW: "錢包付清了質詢，單位只移動一次。試閱不用錢；不存在的東西也不用錢。"},
		Over: everywhere,
	},
	{
		Code: 402, Name: "paid-once-used-twice",
		Cause: lang.Text{
			En:   "The payment was good, and it was used.",
			ZhTW: "付款是真的，但已經用過了。"},
		Cue: slices.Concat(ownWorld, []Step{
			premium("recipe", 402, unpaid("payment-required")...), pays("tea", 200),
			paid("recipe", 200, receipt), ledgerSays(0, 4),
			paid("recipe", 402, unpaid("payment-used")...),
		}),
		Control: []Step{ledgerSays(0, 4), pays("tea", 200), paid("recipe", 200, receipt), ledgerSays(0, 8)},
		Differs: lang.Text{En: "The purse has paid for the new challenge as well.", ZhTW: "錢包也付了新的質詢。"},
		Over:    everywhere,
	},
	{
		Code: 402, Name: "paid-too-late",
		Cause: lang.Text{
			En:   "The price was good for four seconds. It was paid in time, but used after that.",
			ZhTW: "這個價格只有四秒有效。雖然及時付了，卻過期才使用。"},
		Cue: slices.Concat(ownWorld, []Step{
			premium("flash", 402, unpaid("payment-required")...), pays("tea", 200),
			{Method: "GET", Path: "{location}premium/flash", Fields: field("Authorization", "Payment {token}"), Wait: 4100 * time.Millisecond,
				Status: 402, Evidence: unpaid("invalid-challenge", names("expired"))},
		}),
		Control: []Step{
			{Method: "GET", Path: "{location}purses/tea", Status: 200, Evidence: []Evidence{content("{\"units\":10}\n")}},
			pays("tea", 200), paid("flash", 200, receipt), ledgerSays(0, 4),
		},
		Differs: lang.Text{
			En:   "The units are back in the purse; the new challenge is paid for, and used at once.",
			ZhTW: "單位已退回錢包；付了新的質詢，並且馬上使用。"},
		Over: everywhere,
	},
	{
		Code: 402, Name: "purse-too-light",
		Cause: lang.Text{
			En:   "Two recipes were bought with the ten units of the purse; for a third it holds too little, and the mint refuses.",
			ZhTW: "錢包的十單位已經買了兩份食譜；買第三份不夠，鑄幣處拒絕。"},
		Cue: slices.Concat(ownWorld, []Step{
			premium("recipe", 402), pays("tea", 200), paid("recipe", 200),
			premium("recipe", 402), pays("tea", 200), paid("recipe", 200),
			premium("recipe", 402), pays("tea", 409, because(15, "purse-too-light")),
			premium("recipe", 402, unpaid("payment-required")...),
		}),
		Control: []Step{ledgerSays(0, 8), pays("coffee", 200), paid("recipe", 200, receipt), ledgerSays(0, 12)},
		Differs: lang.Text{En: "Another purse pays.", ZhTW: "改由別的錢包付款。"},
		Over:    everywhere,
	},
	{
		Code: 402, Name: "known-first",
		Cause: lang.Text{
			En:   "The reserve is sold to people it knows. Nobody is asked for money before they have said who they are: first 401, then 402.",
			ZhTW: "珍藏只賣給認得的人。表明身分之前不會要錢：先是 401，再是 402。"},
		Cue: slices.Concat(ownWorld, []Step{
			premium("reserve", 401, because(7, "credentials-missing")),
			{Method: "GET", Path: "{location}premium/reserve", Fields: basic("guest", "guest"), Status: 402, Evidence: unpaid("payment-required")},
		}),
		Control: []Step{pays("tea", 200), paid("reserve", 200, receipt)},
		Differs: lang.Text{
			En:   "It is paid for; the challenge was made out to the guest, so that the payment says who it is.",
			ZhTW: "已經付款；質詢是開給 guest 的，付款也就說明了是誰。"},
		Over: everywhere,
	},
}

// priced: the answer has a Payment challenge for four units.
var priced = Evidence{
	Says: lang.Text{
		En:   "WWW-Authenticate has a Payment challenge with id, realm, method, intent and a request for 4 units",
		ZhTW: "WWW-Authenticate 有 Payment 質詢，含 id、realm、method、intent，以及 4 單位的 request"},
	Check: func(x *wire.Exchange) error {
		value := x.Answer().Fields.Get("WWW-Authenticate")
		c, ok := readChallenge([]byte(value))
		if !ok || c.ID == "" || c.Realm == "" || c.Method != payMethod || c.Intent != payIntent {
			return fmt.Errorf("the challenge is %q", value)
		}
		var i invoice
		if err := decoded(c.Request, &i); err != nil || i.Amount != "4" {
			return fmt.Errorf("the challenge asks for %q (%v)", i.Amount, err)
		}
		return nil
	},
}

// receipt: the answer has a receipt for the payment.
var receipt = Evidence{
	Says: lang.Text{
		En:   "Payment-Receipt says that the payment was taken",
		ZhTW: "Payment-Receipt 說明款項已經收下"},
	Check: func(x *wire.Exchange) error {
		var its struct{ Status, Method, Reference string }
		if err := decoded(x.Answer().Fields.Get("Payment-Receipt"), &its); err != nil {
			return fmt.Errorf("the receipt: %w", err)
		}
		if its.Status != "success" || its.Method != payMethod || its.Reference == "" {
			return fmt.Errorf("the receipt says %+v", its)
		}
		return nil
	},
}

func decoded(text string, to any) error {
	octets, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(octets, to)
}
