package origin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/statute-http/statute/lang"
)

// act is gate 15: the method is carried out, and what came of it answered.
func (d *decision) act() (bool, error) {
	switch d.r.Method {
	case http.MethodGet, http.MethodHead:
		return true, d.retrieve()
	case http.MethodPut:
		return true, d.replace()
	case http.MethodPatch:
		return true, d.patch()
	case http.MethodDelete:
		return true, d.remove()
	case query:
		return true, d.query()
	}
	if d.ofDAV() {
		return true, d.actDAV()
	}
	return true, d.post()
}

// describe sets the fields that describe the selected representation.
func (d *decision) describe() {
	h, v := d.w.Header(), d.variant
	h.Set("Content-Type", v.Type)
	if v.Language != "" {
		h.Set("Content-Language", v.Language)
	}
	if v.Coding != "" {
		h.Set("Content-Encoding", v.Coding)
	}
	h.Set("ETag", v.Tag)
	h.Set("Last-Modified", v.Modified.UTC().Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case d.node.Private:
		// RFC 9111 §5.2.2.7: only the client's own cache may store it.
		h.Set("Cache-Control", "private, no-cache")
	case h.Get("Cache-Control") == "":
		h.Set("Cache-Control", "no-cache")
	}
	d.negotiated()
}

// replace is PUT (RFC 9110 §9.3.4): 201 if it created, else 204, or 200 where
// the client prefers the representation. The content is stored as it came, so
// its validators may be sent.
func (d *decision) replace() error {
	existed := d.node.Exists()
	mediaType := d.r.Header.Get("Content-Type")
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	v := &Variant{Type: mediaType, Language: d.r.Header.Get("Content-Language"), Tag: tagOf(d.blob.Hash), Modified: d.now, Blob: *d.blob}
	after, err := d.change(Change{Path: d.node.Path, Since: d.node.Version, Put: v})
	if err != nil {
		return err
	}
	d.node, d.variant = after, &after.Variants[0]
	if !existed {
		return d.created()
	}
	return d.changed()
}

func (d *decision) created() error {
	h := d.w.Header()
	h.Set("ETag", d.variant.Tag)
	h.Set("Last-Modified", d.variant.Modified.UTC().Format(http.TimeFormat))
	return d.made(d.node.Path)
}

// changed answers for a resource that has a new representation.
func (d *decision) changed() error {
	if d.prefer.representation {
		d.applied("return=representation")
		d.describe()
		d.w.Header().Set("Content-Location", d.node.Path)
		return d.send(http.StatusOK, 0, d.variant.Blob.Size)
	}
	if d.prefer.minimal {
		d.applied("return=minimal")
	}
	d.w.Header().Set("ETag", d.variant.Tag)
	d.w.Header().Set("Last-Modified", d.variant.Modified.UTC().Format(http.TimeFormat))
	d.answer(http.StatusNoContent)
	return nil
}

// change asks the tree for a change, on the condition that what was decided still
// holds.
func (d *decision) change(c Change) (*Node, error) {
	if d.view != nil {
		c.Check = d.stillHolds
	}
	return d.Tree.Change(d.ctx, c)
}

// remove is DELETE (RFC 9110 §9.3.5).
func (d *decision) remove() error {
	if d.node.Collection {
		if answered, err := d.keepsOut(); answered || err != nil {
			return err
		}
	}
	if _, err := d.change(Change{Path: d.node.Path, Since: d.node.Version, Remove: true}); err != nil {
		return err
	}
	d.answer(http.StatusNoContent)
	return nil
}

// patch is PATCH (RFC 5789): the whole set of changes or none of it.
func (d *decision) patch() error {
	content, err := d.variant.Blob.Open(d.ctx, 0)
	if err != nil {
		return err
	}
	defer content.Close()
	old, err := io.ReadAll(io.LimitReader(content, readMost+1))
	if err != nil {
		return err
	}
	changed, err := applyPatch(d.mediaType, old, d.content)
	if err != nil {
		return err
	}
	mediaType := d.variant.Type
	if d.node.Valid != nil {
		if invalid := d.node.Valid(mediaType, changed); invalid != nil {
			return invalid.refusal()
		}
	}
	if err := d.keepOctets(changed); err != nil {
		return err
	}
	v := &Variant{Type: mediaType, Language: d.variant.Language, Tag: tagOf(d.blob.Hash), Modified: d.now, Blob: *d.blob}
	after, err := d.change(Change{Path: d.node.Path, Since: d.node.Version, Put: v})
	if err != nil {
		return err
	}
	d.node, d.variant = after, &after.Variants[0]
	return d.changed()
}

func (d *decision) keepOctets(octets []byte) error {
	blob, err := d.Tree.Keep(d.ctx, bytes.NewReader(octets), int64(len(octets)))
	if errors.Is(err, ErrNoRoom) {
		return noRoom(14, err)
	}
	if err != nil {
		return err
	}
	d.blob = &blob
	return nil
}

// query answers a question about the resource that its content asks: safe and
// idempotent like GET (RFC 10008, unverified).
func (d *decision) query() error {
	look, invalid, err := d.node.Ask(d.ctx, d.content)
	if err != nil {
		return err
	}
	if invalid != nil {
		return invalid.refusal()
	}
	d.w.Header().Set("Content-Type", look.Type)
	d.w.Header().Set("Cache-Control", "no-cache")
	d.w.Header().Set("Content-Length", strconv.Itoa(len(look.Content)))
	d.answer(http.StatusOK)
	d.w.Write(look.Content)
	return nil
}

// post lets the resource act (RFC 9110 §9.3.3) and answers by what came of it.
func (d *decision) post() error {
	o, err := d.node.Act(d.ctx, d.r, d.content)
	if err != nil {
		return err
	}
	h := d.w.Header()
	if o.location != "" {
		h.Set("Location", o.location)
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	code := http.StatusOK
	switch o.kind {
	case created: // RFC 9110 §15.3.2
		code = http.StatusCreated
	case accepted: // RFC 9110 §15.3.3
		code = http.StatusAccepted
		if d.prefer.async {
			d.applied("respond-async")
		}
	case reset: // RFC 9110 §15.3.6
		code = http.StatusResetContent
	case elsewhere:
		return d.seeOther(o.location)
	case done:
		if len(o.content) == 0 {
			code = http.StatusNoContent
		}
	}
	if len(o.content) > 0 {
		h.Set("Content-Type", o.mediaType)
		h.Set("Content-Length", strconv.Itoa(len(o.content)))
	}
	d.answer(code)
	if len(o.content) > 0 {
		d.w.Write(o.content)
	}
	return nil
}

// seeOther: RFC 9110 §15.4.4, the answer is another resource, with a note that
// links to it.
func (d *decision) seeOther(location string) error {
	h := d.w.Header()
	h.Set("Location", location)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	note := d.says(lang.Text{En: "See " + location + "\n", ZhTW: "請看 " + location + "\n"})
	h.Set("Content-Length", strconv.Itoa(len(note)))
	d.answer(http.StatusSeeOther)
	io.WriteString(d.w, note)
	return nil
}

func (d *decision) says(t lang.Text) string { return t.In(d.lang()) }

// tagOf makes the strong entity tag of content with this hash.
func tagOf(hash string) string { return `"` + hash[:min(16, len(hash))] + `"` }

// Fixed is content that is part of the program.
func Fixed(text string) Blob {
	sum := sha256.Sum256([]byte(text))
	return Blob{
		Hash: hex.EncodeToString(sum[:]), Size: int64(len(text)),
		Open: func(_ context.Context, offset int64) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader([]byte(text)[offset:])), nil
		},
	}
}

// Tag returns the entity tag of the content.
func (b Blob) Tag() string { return tagOf(b.Hash) }
