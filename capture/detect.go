package capture

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"

	"github.com/statute-http/statute/lang"
)

// A Format is a way in which exchanges are written down.
type Format string

const (
	HAR     Format = "har"     // HTTP Archive 1.2, as browsers, proxies and clients save it
	WARC    Format = "warc"    // ISO 28500, versions 1.0 and 1.1
	Raw     Format = "raw"     // HTTP/1.1 as it crossed the wire, see [Streams]
	Curl    Format = "curl"    // what curl -i or curl -v printed
	OpenAPI Format = "openapi" // a description of an API, 3.0 or 3.1, YAML or JSON
	Journal Format = "journal" // our own, see [Append]
)

// readers has what reads each format.
var readers = map[Format]func(*input, *bufio.Reader) error{
	HAR:     readHAR,
	WARC:    readWARC,
	Raw:     readRaw,
	Curl:    readCurl,
	OpenAPI: readOpenAPI,
	Journal: readJournal,
}

// firstOctets is how far a recording is looked into to find out what it is.
const firstOctets = 4 << 10

// read finds out what the recording is and reads it as that.
func (in *input) read() error {
	r, err := in.inflated(bufio.NewReaderSize(in, 64<<10))
	if err != nil {
		return err
	}
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

// inflated takes one compression off.
func (in *input) inflated(r *bufio.Reader) (*bufio.Reader, error) {
	first, _ := r.Peek(len(zstdMagic))
	switch {
	case bytes.HasPrefix(first, []byte("\x1f\x8b")):
		z := newInflater(in.ctx, r)
		in.closes = append(in.closes, z.close)
		return bufio.NewReaderSize(z, 64<<10), nil
	case bytes.Equal(first, zstdMagic), bytes.Equal(first, dictMagic):
		z, err := in.zstdReader(r)
		if err != nil {
			return nil, err
		}
		return bufio.NewReaderSize(z, 64<<10), nil
	}
	return r, nil
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
	if bytes.HasPrefix(first, []byte("WARC/")) {
		return WARC
	}
	line, _, _ := bytes.Cut(first, []byte("\n"))
	if parts := bytes.Fields(line); len(parts) == 3 && bytes.HasPrefix(parts[2], []byte("HTTP/")) {
		return Raw
	}
	if bytes.HasPrefix(line, []byte("HTTP/")) || curlLine.Match(first) {
		return Curl
	}
	if describes.Match(first) {
		return OpenAPI
	}
	return ""
}

// describes is a line that a description in YAML has. Where people sort names,
// the version comes late.
var describes = regexp.MustCompile(`(?m)^["']?(openapi|swagger|components|paths)["']?[ \t]*:`)

// detectJSON looks for a member that only one format has.
func detectJSON(first []byte) (format Format) {
	w := newWalker(bytes.NewReader(first))
	w.object(func(name []byte) error {
		switch string(name) {
		case "log":
			format = HAR
		case "openapi", "swagger", "components", "paths":
			format = OpenAPI
		default:
			return w.skip()
		}
		return errStop
	})
	return format
}

// unknown says why the octets are nothing that can be read.
func unknown(first []byte) lang.Text {
	switch {
	case len(bytes.TrimSpace(first)) == 0:
		return lang.Text{
			En:   "there is nothing in it",
			ZhTW: "裡面沒有內容"}
	case bytes.HasPrefix(first, []byte("\xd4\xc3\xb2\xa1")), bytes.HasPrefix(first, []byte("\x0a\x0d\x0d\x0a")):
		return lang.Text{
			En:   "packets are not read: let a program that knows them write the two streams of each connection to files, and give these",
			ZhTW: "不讀取封包：請用認得封包的程式把連線的兩個方向寫成檔案，再提供這些檔案"}
	case bytes.HasPrefix(first, []byte("\xff\xfe")), bytes.HasPrefix(first, []byte("\xfe\xff")):
		return lang.Text{
			En:   "the text is UTF-16: save it as UTF-8 (in PowerShell: curl.exe -i ... | Out-File -Encoding utf8 FILE)",
			ZhTW: "這份文字是 UTF-16：請另存成 UTF-8（PowerShell 可用 curl.exe -i ... | Out-File -Encoding utf8 FILE）"}
	}
	return lang.Text{
		En:   "this is no recording that can be read: give a HAR, a WARC, the octets of HTTP/1.1, what curl -i or curl -v printed, a journal of statute, or an OpenAPI description",
		ZhTW: "這不是可讀取的紀錄：請提供 HAR、WARC、HTTP/1.1 的原始位元組、curl -i 或 curl -v 的輸出、statute 的日誌，或 OpenAPI 描述"}
}
