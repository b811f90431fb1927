package capture

import (
	"errors"
	"fmt"
	"strings"

	"github.com/statute-http/statute/lang"
)

// An Error says where a recording is broken and how.
type Error struct {
	Format Format
	Entry  int   // number of the entry, from 1; 0 if it is outside of any
	Offset int64 // of the first broken octet, before compression; -1 if not known
	Line   int   // its line, in formats of lines; else 0
	Says   lang.Text
	Err    error // from the source or a library; may be nil
}

// Error says it in English.
func (e *Error) Error() string { return e.In(lang.En) }

func (e *Error) Unwrap() error { return e.Err }

// In returns the error in the given language: place first, then what is wrong.
func (e *Error) In(l lang.Tag) string {
	var b strings.Builder
	b.WriteString(string(e.Format))
	place := func(text lang.Text, n int64) {
		if b.Len() > 0 {
			b.WriteString(lang.Text{En: ", ", ZhTW: "，"}.In(l))
		}
		fmt.Fprintf(&b, text.In(l), n)
	}
	if e.Entry > 0 {
		place(lang.Text{En: "entry %d", ZhTW: "第 %d 筆"}, int64(e.Entry))
	}
	if e.Line > 0 {
		place(lang.Text{En: "line %d", ZhTW: "第 %d 行"}, int64(e.Line))
	}
	if e.Offset >= 0 {
		place(lang.Text{En: "octet %d", ZhTW: "位元組 %d"}, e.Offset)
	}
	b.WriteString(lang.Text{En: ": ", ZhTW: "："}.In(l))
	b.WriteString(e.Says.In(l))
	if e.Err != nil {
		b.WriteString(lang.Text{En: ": ", ZhTW: "："}.In(l))
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// broken makes an error at an octet of the entry that is read.
func (in *input) broken(offset int64, says lang.Text, err error) *Error {
	var z *inflateError
	if errors.As(err, &z) {
		says.En += fmt.Sprintf(": %s (octet %d of the compressed file)", z.says.En, z.at)
		says.ZhTW += fmt.Sprintf("：%s（壓縮檔的位元組 %d）", z.says.ZhTW, z.at)
		err = z.err
	}
	return &Error{Format: in.format, Entry: in.number, Offset: offset, Says: says, Err: err}
}
