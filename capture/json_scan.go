package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/statute-http/statute/lang"
)

// skip reads over one value.
func (w *walker) skip() error {
	c, err := w.next()
	if err != nil {
		return err
	}
	switch {
	case c == '"':
		_, _, err = w.str(nil, 0)
	case c == '{':
		err = w.object(func([]byte) error { return w.skip() })
	case c == '[':
		err = w.array(w.skip)
	case c == 't':
		err = w.word("true")
	case c == 'f':
		err = w.word("false")
	case c == 'n':
		err = w.word("null")
	case c == '-' || '0' <= c && c <= '9':
		w.scratch, err = w.digits(w.scratch[:0])
	default:
		err = w.unexpected(c, "a value")
	}
	return err
}

// leave reads to the end of the object or array that was open at the depth, from
// within it, where an error was passed. Of what it reads over it checks strings
// and the number of brackets alone.
func (w *walker) leave(depth int) error {
	for w.depth >= depth {
		c, err := w.next()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if _, _, err := w.str(nil, 0); err != nil {
				return err
			}
			continue
		case '{', '[':
			w.depth++
		case '}', ']':
			w.depth--
		}
		w.at++
	}
	return nil
}

// str appends the string that begins here, as text does.
func (w *walker) str(dst []byte, limit int) ([]byte, int64, error) {
	w.at++ // the quotation mark
	full := len(dst) + limit
	var total int64
	for {
		if n := plain(w.buf[w.at:w.end]); n > 0 {
			dst = append(dst, w.buf[w.at:w.at+min(n, full-len(dst))]...)
			w.at += n
			total += int64(n)
		}
		if w.at == w.end {
			if err := w.fill(); err != nil {
				return dst, total, err
			}
			continue
		}
		switch c := w.buf[w.at]; c {
		case '"':
			w.at++
			return dst, total, nil
		case '\\':
			var char [utf8.UTFMax]byte
			n, err := w.escape(&char)
			if err != nil {
				return dst, total, err
			}
			dst = append(dst, char[:min(n, full-len(dst))]...)
			total += int64(n)
		default:
			return dst, total, w.broken(lang.Text{
				En:   fmt.Sprintf("there is %q within a string; control characters have to be escaped", rune(c)),
				ZhTW: fmt.Sprintf("字串中有 %q；控制字元必須跳脫", rune(c))})
		}
	}
}

// plain returns how many octets from the first stand for themselves within a
// string: neither its end, nor an escape, nor a control character. It looks at
// eight at a time: in each octet of a word, subtracting borrows into the highest
// bit where the octet is zero (or below 0x20), and the lowest such is exact.
func plain(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^'"'*ones, x^'\\'*ones
		if found := ((quote-ones)&^quote | (slash-ones)&^slash | (x-0x20*ones)&^x) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '\\' || c < 0x20 {
			return i
		}
	}
	return i
}

// escape reads an escape sequence into char. Half of a surrogate pair is read as
// U+FFFD.
func (w *walker) escape(char *[utf8.UTFMax]byte) (int, error) {
	if err := w.ahead(2); err != nil {
		return 0, err
	}
	c := w.buf[w.at+1]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		r, err := w.codeUnit()
		if err != nil {
			return 0, err
		}
		if utf16.IsSurrogate(r) {
			if r, err = w.surrogate(r); err != nil {
				return 0, err
			}
		}
		return utf8.EncodeRune(char[:], r), nil
	default:
		return 0, w.badEscape()
	}
	char[0] = c
	w.at += 2
	return 1, nil
}

// surrogate reads the other half, if one follows.
func (w *walker) surrogate(high rune) (rune, error) {
	if err := w.ahead(2); err != nil {
		return 0, err
	}
	if w.buf[w.at] != '\\' || w.buf[w.at+1] != 'u' {
		return utf8.RuneError, nil
	}
	low, err := w.codeUnit()
	if err != nil {
		return 0, err
	}
	r := utf16.DecodeRune(high, low)
	if r == utf8.RuneError {
		w.at -= len(`\uXXXX`) // what follows stands for itself
	}
	return r, nil
}

// codeUnit reads \uXXXX.
func (w *walker) codeUnit() (rune, error) {
	if err := w.ahead(6); err != nil {
		return 0, err
	}
	var r rune
	for _, c := range w.buf[w.at+2 : w.at+6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, w.badEscape()
		}
		r = r<<4 | rune(c)
	}
	w.at += 6
	return r, nil
}

func (w *walker) badEscape() error {
	return w.broken(lang.Text{
		En:   "a backslash within a string begins no escape that JSON knows",
		ZhTW: "字串中的反斜線不是 JSON 認得的跳脫序列"})
}

// ahead makes n octets stand in the buffer.
func (w *walker) ahead(n int) error {
	for w.end-w.at < n {
		if err := w.fill(); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) word(word string) error {
	for i := range len(word) {
		if w.at == w.end {
			if err := w.fill(); err != nil {
				return err
			}
		}
		if w.buf[w.at] != word[i] {
			return w.unexpected(w.buf[w.at], word)
		}
		w.at++
	}
	return nil
}

// digits appends a number as it is written to dst. Something always follows a
// number here: no text that is read is a number alone.
func (w *walker) digits(dst []byte) ([]byte, error) {
	for {
		if w.at == w.end {
			if err := w.fill(); err != nil {
				return dst, err
			}
		}
		c := w.buf[w.at]
		if !(c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E') {
			break
		}
		if len(dst) == longestNumber {
			return dst, w.broken(lang.Text{
				En:   fmt.Sprintf("a number of more than %d digits", longestNumber),
				ZhTW: fmt.Sprintf("數字超過 %d 位", longestNumber)})
		}
		dst = append(dst, c)
		w.at++
	}
	if !numeral(dst) {
		return dst, w.broken(lang.Text{
			En:   fmt.Sprintf("%q is no number of JSON", dst),
			ZhTW: fmt.Sprintf("%q 不是 JSON 的數字", dst)})
	}
	return dst, nil
}

// numeral checks the grammar of a number (RFC 8259 §6): no sign but a minus, no
// zero before other digits, digits on both sides of the point.
func numeral(b []byte) bool {
	run := func() bool {
		n := 0
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		b = b[n:]
		return n > 0
	}
	b = bytes.TrimPrefix(b, []byte("-"))
	if len(b) > 1 && b[0] == '0' && b[1] >= '0' && b[1] <= '9' || !run() {
		return false
	}
	if len(b) > 0 && b[0] == '.' {
		if b = b[1:]; !run() {
			return false
		}
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		if b = b[1:]; len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		return run() && len(b) == 0
	}
	return len(b) == 0
}
