package stage

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A recipe before and after a change to one of its lines, and that change as
// the commands of ed(1).
const (
	recipeBefore = "Warm the pot.\nTwo spoons of oolong.\nPour.\nWait five minutes.\n"
	recipeAfter  = "Warm the pot.\nThree spoons of oolong.\nPour.\nWait five minutes.\n"
	recipeDelta  = "2c\nThree spoons of oolong.\n.\n"
)

// A feed before and after an entry was added, and what of it is new.
var (
	feedBefore = feedOf(oldEntry)
	feedAfter  = feedOf(newEntry, oldEntry)
	feedDelta  = feedOf(newEntry)
)

const (
	oldEntry = "<entry><id>tag:statute.example,2026:oolong</id><title>Oolong</title><updated>2026-04-01T08:00:00Z</updated></entry>"
	newEntry = "<entry><id>tag:statute.example,2026:pouchong</id><title>Pouchong</title><updated>2026-05-01T08:00:00Z</updated></entry>"
)

func feedOf(entries ...string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:statute.example,2026:teas</id><title>Teas</title><updated>2026-05-01T08:00:00Z</updated>` + "\n" +
		strings.Join(entries, "\n") + "\n</feed>\n"
}

// twoFeeds puts a feed and adds an entry, in a world of its own: each keeps a few
// former versions only.
var twoFeeds = []Step{
	ownWorld[0],
	{Method: "PUT", Path: "{location}depot/{nonce}", Fields: field("Content-Type", "application/atom+xml"), Content: feedBefore, Status: 201},
	{Method: "PUT", Path: "{location}depot/{nonce}", Fields: field("Content-Type", "application/atom+xml"), Content: feedAfter, Status: 204},
}

var (
	plainText = field("Content-Type", "text/plain")

	// twoVersions puts a recipe and changes it, in a world of its own like twoFeeds.
	twoVersions = []Step{
		ownWorld[0],
		{Method: "PUT", Path: "{location}depot/{nonce}", Fields: plainText, Content: recipeBefore, Status: 201},
		{Method: "PUT", Path: "{location}depot/{nonce}", Fields: plainText, Content: recipeAfter, Status: 204},
	}
)

// recipe asks for it by GET with A-IM and If-None-Match, each unless empty.
func recipe(manipulations, tags string, step Step) Step {
	step.Method, step.Path = "GET", "{location}depot/{nonce}"
	if manipulations != "" {
		step.Fields = append(step.Fields, wire.Field{Name: "A-IM", Value: manipulations})
	}
	if tags != "" {
		step.Fields = append(step.Fields, wire.Field{Name: "If-None-Match", Value: tags})
	}
	return step
}

// delta are scenes of instance-manipulations (RFC 3229).
var delta = []Scene{
	{
		Code: 226, Name: "one-line-changed",
		Cause: lang.Text{
			En:   "The client has the recipe as it was and understands ed scripts: it gets the change alone.",
			ZhTW: "用戶端手上有舊的食譜，也看得懂 ed 指令：只送改變的部分。"},
		Cue: slices.Concat(twoVersions, []Step{recipe("diffe", entityTag(recipeBefore), Step{Status: 226,
			Carries: wire.Fields{{Name: "IM", Value: "diffe"}, {Name: "ETag", Value: entityTag(recipeAfter)}, {Name: "Delta-Base", Value: entityTag(recipeBefore)},
				{Name: "Cache-Control", Value: "no-store, im, max-age=0"}},
			Evidence: []Evidence{content(recipeDelta)}})}),
		Control: []Step{recipe("", entityTag(recipeBefore), Step{Status: 200,
			Carries: field("IM", ""), Evidence: []Evidence{content(recipeAfter)}})},
		Differs: lang.Text{En: "The client says nothing of deltas.", ZhTW: "用戶端沒有提到差異。"},
		Over:    everywhere,
	},
	{
		Code: 226, Name: "change-compressed",
		Cause: lang.Text{
			En:   "The client has one of two versions that it names, and takes the change compressed: both are done, in its order.",
			ZhTW: "用戶端列出的兩個版本中有一個還在，也接受壓縮過的差異：兩種操作依它的順序進行。"},
		Cue: slices.Concat(twoVersions, []Step{recipe("vcdiff, diffe, gzip", `"of-last-year", `+entityTag(recipeBefore), Step{Status: 226,
			Carries:  wire.Fields{{Name: "IM", Value: "diffe, gzip"}, {Name: "ETag", Value: entityTag(recipeAfter)}, {Name: "Delta-Base", Value: entityTag(recipeBefore)}},
			Evidence: []Evidence{gunzipped(recipeDelta)}})}),
		Control: []Step{recipe("vcdiff, diffe", `"of-last-year"`, Step{Status: 200, Evidence: []Evidence{content(recipeAfter)}})},
		Differs: lang.Text{
			En:   "The only version that the client names is unknown, and it does not offer gzip: the whole is sent.",
			ZhTW: "用戶端只列了一個沒人知道的版本，也沒提 gzip：送出全部。"},
		Over: everywhere,
	},
	{
		Code: 226, Name: "whole-compressed",
		Cause: lang.Text{
			En:   "The client has no version, and takes the whole compressed on the way.",
			ZhTW: "用戶端手上沒有任何版本，接受傳送時壓縮過的整份內容。"},
		Cue: slices.Concat(twoVersions, []Step{recipe("gzip", "", Step{Status: 226,
			Carries:  wire.Fields{{Name: "IM", Value: "gzip"}, {Name: "ETag", Value: entityTag(recipeAfter)}, {Name: "Delta-Base", Value: ""}, {Name: "Content-Encoding", Value: ""}},
			Evidence: []Evidence{gunzipped(recipeAfter)}})}),
		Control: []Step{recipe("diffe, gzip", entityTag(recipeAfter), Step{Status: 304, Evidence: []Evidence{empty}})},
		Differs: lang.Text{En: "The client has the current version.", ZhTW: "用戶端手上就是目前的版本。"},
		Over:    everywhere,
	},
	{
		Code: 226, Name: "new-entries-of-a-feed",
		Cause: lang.Text{
			En:   "The reader has the feed as it was and wants what is new: it gets a feed of the new entry alone. feed is a word of feed readers that no specification known to us defines.",
			ZhTW: "訂閱閱讀器手上有舊的訂閱內容，只要新的部分：得到的只含新條目。feed 是訂閱閱讀器的慣用詞，就我們所知沒有規格定義。"},
		Cue: slices.Concat(twoFeeds, []Step{recipe("feed", entityTag(feedBefore), Step{Status: 226,
			Carries: wire.Fields{{Name: "IM", Value: "feed"}, {Name: "ETag", Value: entityTag(feedAfter)}, {Name: "Delta-Base", Value: entityTag(feedBefore)},
				{Name: "Content-Type", Value: "application/atom+xml"}},
			Evidence: []Evidence{content(feedDelta)}})}),
		Control: []Step{recipe("feed", `"of-last-year"`, Step{Status: 200, Carries: field("IM", ""), Evidence: []Evidence{content(feedAfter)}})},
		Differs: lang.Text{En: "The version that the reader has is unknown: the whole feed is sent.", ZhTW: "訂閱閱讀器手上的版本沒人知道：送出整份訂閱內容。"},
		Over:    everywhere,
	},
	{
		Code: 406, Name: "no-manipulation",
		Cause: lang.Text{
			En:   "The client refuses the recipe as it is, and the only delta format that it takes is one that the server does not make.",
			ZhTW: "用戶端不要原樣的食譜，而它唯一接受的差異格式，伺服器不會做。"},
		Cue: slices.Concat(twoVersions, []Step{recipe("vcdiff, identity;q=0", entityTag(recipeBefore), Step{Status: 406,
			Evidence: []Evidence{because(11, "no-manipulation"), names("diffe")}})}),
		Control: []Step{recipe("vcdiff, diffe, identity;q=0", entityTag(recipeBefore), Step{Status: 226, Carries: field("IM", "diffe")})},
		Differs: lang.Text{En: "It takes ed scripts as well.", ZhTW: "它也接受 ed 指令。"},
		Over:    everywhere,
	},
}

// gunzipped: the content is this, once the compression is taken off.
func gunzipped(text string) Evidence {
	return Evidence{
		Says: lang.Text{
			En:   fmt.Sprintf("the content, decompressed, is %q", text),
			ZhTW: fmt.Sprintf("內容解壓縮後是 %q", text)},
		Check: func(x *wire.Exchange) error {
			z, err := gzip.NewReader(bytes.NewReader(x.Answer().Content.Data))
			if err != nil {
				return fmt.Errorf("the content is not compressed: %w", err)
			}
			got, err := io.ReadAll(io.LimitReader(z, 1<<20))
			if err != nil || string(got) != text {
				return fmt.Errorf("the content, decompressed, is %.60q (%v), want %q", got, err, text)
			}
			return nil
		},
	}
}
