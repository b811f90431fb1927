package stage

import (
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

var ranges = []Scene{
	{
		Code: 206, Name: "one-page",
		Cause: lang.Text{
			En:   "The client asks for thirty-two octets of the book.",
			ZhTW: "用戶端只要書裡的三十二個位元組。"},
		Cue: []Step{{Method: "GET", Path: "/lab/book", Fields: field("Range", "bytes=32-63"), Status: 206,
			Evidence: []Evidence{carries("Content-Range", "bytes 32-63/2048"), content(bookText[32:64])}}},
		Control: []Step{{Method: "GET", Path: "/lab/book", Status: 200, Evidence: []Evidence{content(bookText)}}},
		Differs: lang.Text{En: "There is no Range: the whole book comes.", ZhTW: "沒有 Range：整本書都送來。"},
		Over:    everywhere,
	},
	{
		Code: 206, Name: "two-pages",
		Cause: lang.Text{
			En:   "The client asks for two parts, which come in one multipart answer.",
			ZhTW: "用戶端要兩個部分，於是以一個 multipart 回應送來。"},
		Cue: []Step{{Method: "GET", Path: "/lab/book", Fields: field("Range", "bytes=0-31,64-95"), Status: 206,
			Evidence: []Evidence{parts(bookText[0:32], bookText[64:96])}}},
		Control: []Step{{Method: "GET", Path: "/lab/book",
			Fields: wire.Fields{{Name: "Range", Value: "bytes=0-31,64-95"}, {Name: "If-Range", Value: `"stale"`}}, Status: 200,
			Evidence: []Evidence{content(bookText)}}},
		Differs: lang.Text{En: "The parts would be of another version: the whole comes instead.", ZhTW: "這些部分屬於別的版本：改送整份內容。"},
		Over:    everywhere,
	},
	{
		Code: 416, Name: "behind-the-last-page",
		Cause: lang.Text{
			En:   "The book has 2048 octets; the range begins behind them.",
			ZhTW: "書有 2048 個位元組，而範圍從那之後才開始。"},
		Cue: []Step{{Method: "GET", Path: "/lab/book", Fields: field("Range", "bytes=2048-"), Status: 416,
			Evidence: []Evidence{carries("Content-Range", "bytes */2048"), because(15, "range")}}},
		Control: []Step{{Method: "GET", Path: "/lab/book", Fields: field("Range", "bytes=2047-"), Status: 206,
			Evidence: []Evidence{carries("Content-Range", "bytes 2047-2047/2048")}}},
		Differs: lang.Text{En: "It begins one octet earlier: at the last one.", ZhTW: "提早一個位元組開始：就是最後那一個。"},
		Over:    everywhere,
	},
}
