package origin

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"io"
	"net/http"

	"github.com/dunglas/httpsfv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// A digester holds content against the digests that its request states:
// Content-Digest, and Repr-Digest, which for the whole content of a PUT is the
// same (RFC 9530 §2, §3, unverified). An algorithm that is not known, or a field
// that is not readable, proves nothing and is passed over.
type digester struct {
	wanted []digest
}

type digest struct {
	field  string
	sum    hash.Hash
	stated []byte
}

func newDigester(h http.Header) *digester {
	d := &digester{}
	for _, field := range []string{"Content-Digest", "Repr-Digest"} {
		dict, err := httpsfv.UnmarshalDictionary(h[field])
		if err != nil || h[field] == nil {
			continue
		}
		for _, name := range dict.Names() {
			member, _ := dict.Get(name)
			item, ok := member.(httpsfv.Item)
			stated, isBytes := item.Value.([]byte)
			if !ok || !isBytes {
				continue
			}
			switch name {
			case "sha-256":
				d.wanted = append(d.wanted, digest{field, sha256.New(), stated})
			case "sha-512":
				d.wanted = append(d.wanted, digest{field, sha512.New(), stated})
			}
		}
	}
	return d
}

// reader returns content as it is, looked at on the way.
func (d *digester) reader(content io.Reader) io.Reader {
	for _, w := range d.wanted {
		content = io.TeeReader(content, w.sum)
	}
	return content
}

// check refuses content that is not what was sent.
func (d *digester) check() error {
	for _, w := range d.wanted {
		if !bytes.Equal(w.sum.Sum(nil), w.stated) {
			return &wire.Refusal{
				Status: 400, Gate: 14, Reason: "digest", Spec: "RFC 9110 §15.5.1",
				Detail: lang.Text{
					En:   w.field + " does not fit the content that came: it was changed on the way, or the digest is of something else.",
					ZhTW: w.field + " 與收到的內容不符：內容在途中被改過，或摘要屬於別的內容。"},
			}
		}
	}
	return nil
}

func checkDigest(h http.Header, content []byte) error {
	d := newDigester(h)
	for _, w := range d.wanted {
		w.sum.Write(content)
	}
	return d.check()
}
