package capture

import (
	"bufio"
	"bytes"
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
	j := newJournalParser()
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
			if err := in.journalLine(j, octets, at, line); err != nil {
				return err
			}
		}
		at += length
	}
}

// journalLine takes one line, nil for one that was too long.
func (in *input) journalLine(j *journalParser, octets []byte, at int64, number int) error {
	var fault *Error
	if octets == nil {
		fault = in.broken(at, lang.Text{
			En:   fmt.Sprintf("the line is longer than %d octets", longestLine),
			ZhTW: fmt.Sprintf("這一行超過 %d 個位元組", longestLine)}, nil)
	} else if x, err := j.line(bytes.TrimRight(octets, "\r\n")); err != nil {
		errors.As(in.json(err), &fault)
		fault.Offset += at
	} else if j.version != journalVersion {
		fault = in.broken(at, lang.Text{
			En:   fmt.Sprintf("the line is of version %d; this program reads version %d", j.version, journalVersion),
			ZhTW: fmt.Sprintf("這一行是第 %d 版；本程式讀取第 %d 版", j.version, journalVersion)}, nil)
	} else {
		return in.emit(&Entry{Number: in.number, Offset: at, Line: number, Exchange: x})
	}
	fault.Line = number
	return in.report(fault)
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
