package stage

import (
	"maps"
	"net/http"

	"github.com/statute-http/statute/status"
)

const (
	uploadInterop        = "Upload-Draft-Interop-Version"
	uploadInteropVersion = "8"
)

// posedInterim sends an interim response. It carries the mark and what its own
// definition gives it, none of the fields of the final answer, which wait
// meanwhile.
func posedInterim(w http.ResponseWriter, r *http.Request, code status.Code) {
	h := w.Header()
	final := maps.Clone(h)
	clear(h)
	h[posedMark] = posedMarked
	switch code {
	case http.StatusEarlyHints:
		// What the final answer will have (RFC 8297 §2).
		h["Link"] = final["Link"]
	case 104:
		// draft-ietf-httpbis-resumable-upload (unverified): the version is
		// repeated, and the offset is what the server has of the upload.
		h.Set(uploadInterop, r.Header.Get(uploadInterop))
		h.Set("Upload-Offset", "0")
	}
	w.WriteHeader(int(code))
	clear(h)
	maps.Copy(h, final)
}
