package capture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/statute-http/statute/lang"
)

// journalVersion is the version of the journal that is written, and the only
// one yet.
const journalVersion = 1

// longestLine bounds a line of a journal.
const longestLine = 16 << 20

// readJournal reads JSON Lines. Each line stands for itself, so that journals
// can be cut and joined by lines, and a broken line costs no other.
func readJournal(in *input, r *bufio.Reader) error {
	var at int64
	for line := 1; ; line++ {
		octets, length, err := readLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return in.broken(at, lang.Text{En: "cannot be read on", ZhTW: "無法繼續讀取"}, err)
		}
		if end := err != nil; end && length == 0 {
			return nil
		}
		if octets == nil || len(bytes.TrimSpace(octets)) > 0 {
			in.number++
			if err := in.journalLine(octets, at, line); err != nil {
				return err
			}
		}
		at += length
	}
}

// journalLine takes one line, nil for one that was too long.
func (in *input) journalLine(octets []byte, at int64, number int) error {
	line := journalLine{}
	var fault *Error
	var kind *json.UnmarshalTypeError
	switch err := json.Unmarshal(bytes.TrimRight(octets, "\r\n"), &line); {
	case octets == nil:
		fault = in.broken(at, lang.Text{
			En:   fmt.Sprintf("the line is longer than %d octets", longestLine),
			ZhTW: fmt.Sprintf("這一行超過 %d 個位元組", longestLine)}, nil)
	case errors.As(err, &kind) && kind.Field != "":
		fault = in.broken(at+offsetIn(err), lang.Text{
			En:   fmt.Sprintf("the line is no exchange: %s cannot be a JSON %s", kind.Field, kind.Value),
			ZhTW: fmt.Sprintf("這一行不是訊息往返的紀錄：%s 不能是 JSON 的 %s", kind.Field, kind.Value)}, nil)
	case err != nil:
		fault = in.broken(at+offsetIn(err), lang.Text{
			En:   "the line is no exchange",
			ZhTW: "這一行不是訊息往返的紀錄"}, err)
	case line.Statute != journalVersion:
		fault = in.broken(at, lang.Text{
			En:   fmt.Sprintf("the line is of version %d; this program reads version %d", line.Statute, journalVersion),
			ZhTW: fmt.Sprintf("這一行是第 %d 版；本程式讀取第 %d 版", line.Statute, journalVersion)}, nil)
	default:
		return in.emit(&Entry{Number: in.number, Offset: at, Line: number, Exchange: line.exchange()})
	}
	fault.Line = number
	return in.report(fault)
}

// offsetIn is the octet that a JSON error is about.
func offsetIn(err error) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return max(0, syntax.Offset-1)
	case errors.As(err, &kind):
		return max(0, kind.Offset-1)
	}
	return 0
}

// readLine reads one line with its end. It returns nil and the length for a line
// that is longer than it may be.
func readLine(r *bufio.Reader) (line []byte, length int64, err error) {
	line = []byte{}
	for {
		piece, err := r.ReadSlice('\n')
		length += int64(len(piece))
		if length > longestLine {
			line = nil
		} else {
			line = append(line, piece...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, length, err
		}
	}
}
