package capture

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/statute-http/statute/lang"
)

// A walker reads one JSON text (RFC 8259) from a stream, member by member, as
// its caller asks for it. A library's tokens hold a string as a whole, and a
// recording has strings of gigabytes: a walker keeps of a string what the caller
// wants of it and nothing of a value that is skipped, so that its memory is its
// buffer. It takes names twice and text that is no UTF-8, because recordings
// have both.
type walker struct {
	src     io.Reader
	buf     []byte
	at, end int    // unread octets are buf[at:end]
	base    int64  // offset of buf[0] in the stream
	failed  error  // what the source said with the last octets
	depth   int    // objects and arrays that are open
	name    []byte // room for the name of a member
	scratch []byte
}

const (
	walkerBuffer  = 64 << 10
	deepest       = 1000 // levels of nesting that are taken
	longestNumber = 400  // digits of it that are kept
)

func newWalker(src io.Reader) *walker {
	return &walker{src: src, buf: make([]byte, walkerBuffer), name: make([]byte, 64)}
}

// A jsonError is what is wrong with a text, and where.
type jsonError struct {
	offset int64
	says   lang.Text
	err    error
	passed bool // the text is well formed so far: see [walker.leave]
}

func (e *jsonError) Error() string { return e.says.En }
func (e *jsonError) Unwrap() error { return e.err }

func (w *walker) offset() int64 { return w.base + int64(w.at) }

func (w *walker) broken(says lang.Text) error { return &jsonError{offset: w.offset(), says: says} }

// fill gets more octets behind the unread ones. At the stream's end it is the
// error of a text that is cut.
func (w *walker) fill() error {
	if w.at > 0 {
		w.base += int64(w.at)
		w.end = copy(w.buf, w.buf[w.at:w.end])
		w.at = 0
	}
	for range 100 {
		n, err := 0, w.failed
		if err == nil {
			n, err = w.src.Read(w.buf[w.end:])
		}
		w.end += n
		w.failed = err
		switch {
		case n > 0:
			return nil
		case errors.Is(err, io.EOF):
			return &jsonError{offset: w.base + int64(w.end), err: io.ErrUnexpectedEOF, says: lang.Text{
				En:   "the JSON text is cut: it ends here in the middle of a value",
				ZhTW: "JSON 不完整：在值的中途就結束了"}}
		case err != nil:
			return &jsonError{offset: w.base + int64(w.end), err: err, says: lang.Text{
				En:   "cannot be read on",
				ZhTW: "無法繼續讀取"}}
		}
	}
	return io.ErrNoProgress
}

// next passes over white space and returns the octet after it, unread.
func (w *walker) next() (byte, error) {
	for {
		for w.at < w.end {
			switch c := w.buf[w.at]; c {
			case ' ', '\t', '\n', '\r':
				w.at++
			default:
				return c, nil
			}
		}
		if err := w.fill(); err != nil {
			return 0, err
		}
	}
}

// expect reads the octet c.
func (w *walker) expect(c byte) error {
	got, err := w.next()
	if err != nil {
		return err
	}
	if got != c {
		return w.unexpected(got, string(rune(c)))
	}
	w.at++
	return nil
}

func (w *walker) unexpected(got byte, want string) error {
	return w.broken(lang.Text{
		En:   fmt.Sprintf("there is %q where JSON has %s", rune(got), want),
		ZhTW: fmt.Sprintf("這裡是 %q，JSON 應為 %s", rune(got), want)})
}

// more stands between the members of an object or array that ends with c, and
// before the first one; it reports whether there is another.
func (w *walker) more(first bool, c byte) (bool, error) {
	got, err := w.next()
	switch {
	case err != nil:
		return false, err
	case got == c:
		w.at++
		w.depth--
		return false, nil
	case first:
		return true, nil
	case got != ',':
		return false, w.unexpected(got, ", or "+string(rune(c)))
	}
	w.at++
	return true, nil
}

func (w *walker) deeper() error {
	if w.depth++; w.depth > deepest {
		return &jsonError{offset: w.offset() - 1, passed: true, says: lang.Text{
			En:   fmt.Sprintf("nested deeper than %d levels", deepest),
			ZhTW: fmt.Sprintf("巢狀超過 %d 層", deepest)}}
	}
	return nil
}

// object reads an object. The function has to read the value of each member; a
// name is valid until then, and of a longer one than there is room for the rest
// is lost. null is an object without members.
func (w *walker) object(member func(name []byte) error) error {
	if ok, err := w.open('{', "an object"); !ok || err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := w.more(first, '}')
		if !more {
			return err
		}
		c, err := w.next()
		if err != nil {
			return err
		}
		if c != '"' {
			return w.unexpected(c, "the name of a member")
		}
		name, _, err := w.str(w.name[:0], len(w.name))
		if err != nil {
			return err
		}
		if err := w.expect(':'); err != nil {
			return err
		}
		if err := member(name); err != nil {
			return err
		}
	}
}

// array reads an array, as object reads objects.
func (w *walker) array(element func() error) error {
	if ok, err := w.open('[', "an array"); !ok || err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := w.more(first, ']')
		if !more {
			return err
		}
		if err := element(); err != nil {
			return err
		}
	}
}

// open reads the octet with which an object or array begins. It is not ok where
// null stands, or another value, which is passed over and is the error.
func (w *walker) open(c byte, what string) (ok bool, err error) {
	got, err := w.next()
	switch {
	case err != nil:
		return false, err
	case got == c:
		w.at++
		return true, w.deeper()
	case got == 'n':
		return false, w.skip()
	}
	return false, w.wrong(what)
}

// wrong passes over a value of the wrong kind, and is the error of it.
func (w *walker) wrong(want string) error {
	at := w.offset()
	if err := w.skip(); err != nil {
		return err
	}
	return &jsonError{offset: at, passed: true, says: lang.Text{
		En:   "the value here has to be " + want,
		ZhTW: "這裡的值必須是 " + want}}
}

// text appends a string to dst, the first octets of it up to limit, and returns
// how many it has as a whole. null is an empty string.
func (w *walker) text(dst []byte, limit int) ([]byte, int64, error) {
	c, err := w.next()
	switch {
	case err != nil:
		return dst, 0, err
	case c == '"':
		return w.str(dst, limit)
	case c == 'n':
		return dst, 0, w.skip()
	}
	return dst, 0, w.wrong("a string")
}

// number reads a number, or a string that holds one, as some recorders write
// it. null is 0.
func (w *walker) number() (float64, error) {
	c, err := w.next()
	if err != nil {
		return 0, err
	}
	at := w.offset()
	switch {
	case c == 'n':
		return 0, w.skip()
	case c == '"':
		w.scratch, _, err = w.str(w.scratch[:0], longestNumber)
	case c == '-' || '0' <= c && c <= '9':
		w.scratch, err = w.digits(w.scratch[:0])
	default:
		return 0, w.wrong("a number")
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseFloat(string(w.scratch), 64)
	if err != nil || !numeral(w.scratch) {
		return 0, &jsonError{offset: at, passed: true, says: lang.Text{
			En:   "the value here has to be a number",
			ZhTW: "這裡的值必須是數字"}}
	}
	return n, nil
}

// truth reads true or false; any other value is false, and read over.
func (w *walker) truth() (bool, error) {
	c, err := w.next()
	if err != nil {
		return false, err
	}
	return c == 't', w.skip()
}
