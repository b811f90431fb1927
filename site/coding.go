package site

import (
	"bytes"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/statute-http/statute/wire"
)

// codedFrom is the length from which content is worth coding: what is shorter
// fits into a packet as it is.
const codedFrom = 1400

// writers holds what codes; each is a megabyte, so they are used again.
var writers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one of the package's
	}
	return z
}}

// coded returns content in the coding that the request would rather have, and
// that coding's name; as it is, without a name, where none is better. RFC 9110
// §8.8.3.3: each coding is a representation with an entity tag of its own.
func coded(r *http.Request, content []byte) ([]byte, string) {
	accept := r.Header["Accept-Encoding"]
	if len(content) < codedFrom || wire.CodingWeight(accept, "gzip") <= wire.CodingWeight(accept, "") {
		return content, ""
	}
	var b bytes.Buffer
	z := writers.Get().(*gzip.Writer)
	defer writers.Put(z)
	z.Reset(&b)
	z.Write(content) // into memory, where nothing fails
	z.Close()
	return b.Bytes(), "gzip"
}
