package stage

import (
	"strings"

	"github.com/statute-http/statute/origin"
)

// menu has the variants of the two negotiated resources: the lenient one, which
// sends a default where nothing fits, and the strict one, which says so. Each
// variant has a URI of its own.
func (p *plan) menu(w *origin.World, rel string) *origin.Node {
	variants := []struct{ suffix, mediaType, language, text string }{
		{".en.html", "text/html; charset=utf-8", "en", "<!doctype html>\n<html lang=\"en\">\n<title>Menu</title>\n<ul><li>Oolong<li>Pouchong</ul>\n</html>\n"},
		{".zh-TW.html", "text/html; charset=utf-8", "zh-TW", "<!doctype html>\n<html lang=\"zh-TW\">\n<title>茶單</title>\n<ul><li>烏龍茶<li>包種茶</ul>\n</html>\n"},
		{".en.json", "application/json", "en", `["Oolong","Pouchong"]` + "\n"},
		{".zh-TW.json", "application/json", "zh-TW", `["烏龍茶","包種茶"]` + "\n"},
	}
	all := &origin.Node{Policy: origin.Policy{Allow: readable, Strict: rel == "/strict-menu"}}
	for _, v := range variants {
		blob := origin.Fixed(v.text)
		one := origin.Variant{
			Path: w.Prefix + "/menu" + v.suffix, Type: v.mediaType, Language: v.language,
			Tag: blob.Tag(), Modified: p.since, Blob: blob,
		}
		if rel == "/menu"+v.suffix {
			return &origin.Node{Policy: origin.Policy{Allow: readable}, Variants: []origin.Variant{one}}
		}
		all.Variants = append(all.Variants, one)
	}
	if strings.TrimPrefix(rel, "/strict-") == "menu" || rel == "/menu" {
		return all
	}
	return nothing()
}
