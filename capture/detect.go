package capture

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/statute-http/statute/lang"
)

// A Format is a way in which exchanges are written down.
type Format string

const (
	HAR     Format = "har"     // HTTP Archive 1.2, as browsers, proxies and clients save it
	Journal Format = "journal" // our own, see [Append]
)

// A reader reads one format.
var readers = map[Format]func(*input, *bufio.Reader) error{
	HAR:     readHAR,
	Journal: readJournal,
}

// firstOctets is how far a recording is looked into to find out what it is.
const firstOctets = 4 << 10

// read finds out what the recording is and reads it as that.
func (in *input) read() error {
	r := bufio.NewReaderSize(in, 64<<10)
	first, err := r.Peek(firstOctets)
	if err != nil && !errors.Is(err, io.EOF) {
		return in.broken(0, lang.Text{En: "cannot be read", ZhTW: "無法讀取"}, err)
	}
	if bytes.HasPrefix(first, []byte("\xef\xbb\xbf")) {
		r.Discard(3)
		first = first[3:]
	}
	in.format = in.o.Format
	if in.format == "" {
		in.format = detect(first)
	}
	read, ok := readers[in.format]
	if !ok {
		return in.broken(0, unknown(first), nil)
	}
	return read(in, r)
}

// detect names the format that begins so, or none.
func detect(first []byte) Format {
	first = bytes.TrimLeft(first, " \t\r\n")
	if bytes.HasPrefix(first, []byte(`{"statute":`)) {
		return Journal
	}
	if bytes.HasPrefix(first, []byte("{")) {
		return detectJSON(first)
	}
	return ""
}

// detectJSON looks for the member that only one format has.
func detectJSON(first []byte) (format Format) {
	w := newWalker(bytes.NewReader(first))
	w.object(func(name []byte) error {
		if string(name) == "log" {
			format = HAR
			return errStop
		}
		return w.skip()
	})
	return format
}

// unknown says why the octets are nothing that can be read.
func unknown(first []byte) lang.Text {
	if len(bytes.TrimSpace(first)) == 0 {
		return lang.Text{
			En:   "there is nothing in it",
			ZhTW: "裡面沒有內容"}
	}
	return lang.Text{
		En:   "this is no recording that can be read: give a journal of statute",
		ZhTW: "這不是可讀取的紀錄：請提供 statute 的日誌"}
}
