package stage

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"slices"

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

var (
	plainText = field("Content-Type", "text/plain")

	// twoVersions puts a recipe and changes it.
	twoVersions = []Step{
		{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: plainText, Content: recipeBefore, Status: 201},
		{Method: "PUT", Path: "/lab/depot/{nonce}", Fields: plainText, Content: recipeAfter, Status: 204},
	}
)

// recipe asks for it by GET with A-IM and If-None-Match, each unless empty.
func recipe(manipulations, tags string, step Step) Step {
	step.Method, step.Path = "GET", "/lab/depot/{nonce}"
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
