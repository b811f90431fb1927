package stage

import (
	"bytes"
	"compress/gzip"

	"github.com/statute-http/statute/origin"
)

// menu has the variants of the two negotiated resources: the lenient one, which
// sends a default where nothing fits, and the strict one, which says so. Each
// variant has a URI of its own.
func (p *plan) menu(w *origin.World, rel string) *origin.Node {
	variants := []struct{ suffix, mediaType, language, text, coding string }{
		{".en.html", "text/html; charset=utf-8", "en", "<!doctype html>\n<html lang=\"en\">\n<title>Menu</title>\n<ul><li>Oolong<li>Pouchong</ul>\n</html>\n", ""},
		{".zh-TW.html", "text/html; charset=utf-8", "zh-TW", "<!doctype html>\n<html lang=\"zh-TW\">\n<title>茶單</title>\n<ul><li>烏龍茶<li>包種茶</ul>\n</html>\n", ""},
		{".en.json", "application/json", "en", `["Oolong","Pouchong"]` + "\n", ""},
		{".zh-TW.json", "application/json", "zh-TW", `["烏龍茶","包種茶"]` + "\n", ""},
	}
	for _, v := range variants[:2] {
		v.suffix, v.coding, v.text = v.suffix+".gz", "gzip", compressed(v.text)
		variants = append(variants, v)
	}
	all := &origin.Node{Policy: origin.Policy{Allow: readable, Strict: rel == "/strict-menu"}}
	for _, v := range variants {
		blob := origin.Fixed(v.text)
		one := origin.Variant{
			Path: w.Prefix + "/menu" + v.suffix, Type: v.mediaType, Language: v.language, Coding: v.coding,
			Tag: blob.Tag(), Modified: p.since, Blob: blob,
		}
		if rel == "/menu"+v.suffix {
			return &origin.Node{Policy: origin.Policy{Allow: readable}, Variants: []origin.Variant{one}}
		}
		all.Variants = append(all.Variants, one)
	}
	if rel == "/menu" || rel == "/strict-menu" {
		return all
	}
	return nothing()
}

// compressed is the text in the content coding gzip.
func compressed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text)) // a buffer takes all
	z.Close()
	return b.String()
}
