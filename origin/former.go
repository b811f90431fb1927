package origin

import "slices"

// How many former texts a world keeps, beside what its quota counts.
const (
	mostFormer       = 64
	mostFormerOctets = 1 << 20
)

// A formerDoc is a text that was replaced.
type formerDoc struct {
	ID   string `json:"id"` // of the resource
	Hash string `json:"hash"`
	Size int64  `json:"size"`
}

// keepFormer keeps what is being replaced, if it is something of which a
// delta can be made, and lets the oldest go. The list is made anew: readers may
// hold the one before.
func (d *worldDoc) keepFormer(id string, old *nodeDoc, next string) {
	if old.Hash == "" || old.Hash == next || !hasDeltas(old.Type) || old.Size > mostManipulated {
		return
	}
	kept := []formerDoc{{id, old.Hash, old.Size}}
	octets := old.Size
	for _, f := range d.Former {
		if f.ID == id && (f.Hash == old.Hash || f.Hash == next) {
			continue
		}
		if octets += f.Size; len(kept) == mostFormer || octets > mostFormerOctets {
			break
		}
		kept = append(kept, f)
	}
	d.Former = kept
}

// forgetFormer forgets what was replaced of the resource.
func (d *worldDoc) forgetFormer(id string) {
	d.Former = slices.DeleteFunc(slices.Clone(d.Former), func(f formerDoc) bool { return f.ID == id })
}

func (w *World) former(doc *worldDoc, id string) []Blob {
	var blobs []Blob
	for _, f := range doc.Former {
		if f.ID == id {
			blobs = append(blobs, w.worlds.blob(f.Hash, f.Size))
		}
	}
	return blobs
}
