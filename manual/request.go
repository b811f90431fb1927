package manual

import (
	"strconv"
	"strings"
)

// parseRequest reads the request of an example into the parts that are sent.
func parseRequest(lines []string, first int) ([]Part, error) {
	lines, err := expand(lines, first)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 || lines[0] == "" {
		return nil, at(first, "begin the example with a request line")
	}
	end := 0
	for end < len(lines) && lines[end] != "" && lines[end] != stallMark {
		end++
	}
	if end == len(lines) {
		return nil, at(first+end, "end the fields with an empty line, or with %s where the request is cut", stallMark)
	}
	head := strings.Join(lines[:end], crlf) + crlf
	content, stalled := trim(lines[end+1:])
	if lines[end] == stallMark {
		if len(content) > 0 || stalled {
			return nil, at(first+end+1, "nothing is sent after %s", stallMark)
		}
		return []Part{{head, Stall}}, nil
	}
	head += crlf

	waits := len(content) > 0 && content[0] == waitMark
	if waits {
		content = content[1:]
	}
	octets, err := body(lines[:end], content, stalled, first+end+1)
	if err != nil {
		return nil, err
	}
	then := End
	if stalled {
		then = Stall
	}
	if !waits {
		return []Part{{head + octets, then}}, nil
	}
	if strings.Contains(head, lengthMark) {
		return nil, at(first+end+1, "write the length itself where the content waits for 100; %s counts what is sent at once", lengthMark)
	}
	if octets == "" {
		return nil, at(first+end+1, "%s stands before the content that waits; there is none", waitMark)
	}
	return []Part{{head, After100}, {octets, then}}, nil
}

// trim takes the empty lines from the end of the content, and a mark that the
// request is cut there.
func trim(lines []string) (content []string, stalled bool) {
	for n := len(lines); n > 0 && lines[n-1] == ""; n-- {
		lines = lines[:n-1]
	}
	if n := len(lines); n > 0 && lines[n-1] == stallMark {
		return lines[:n-1], true
	}
	return lines, false
}

// body makes the octets of the content as the fields frame them. A page that
// shows a wrong length by mistake would teach it, so the count is checked, but
// where the request is cut or where framing is itself the matter: both
// Transfer-Encoding and Content-Length, or a length that is no number.
func body(head, content []string, stalled bool, line int) (string, error) {
	length, announced := field(head, "Content-Length")
	for i, l := range content {
		if l == stallMark || l == waitMark {
			return "", at(line+i, "%q stands here in the middle of the content; ... goes to its end, ... 100 to its beginning", l)
		}
		if mark := markIn(l); mark != "" && length != lengthMark {
			return "", at(line+i, "%s has no fixed length; write Content-Length: %s", mark, lengthMark)
		}
	}
	coding, chunked := field(head, "Transfer-Encoding")
	switch {
	case chunked && strings.HasSuffix(coding, "chunked"):
		octets := strings.Join(content, crlf)
		if len(content) > 0 {
			octets += crlf
		}
		if len(content) > 0 && !stalled {
			octets += crlf
		}
		return octets, nil
	case len(content) > 0 && !announced && !chunked:
		return "", at(line, "announce the content with Content-Length or Transfer-Encoding")
	}
	octets := strings.Join(content, crlf)
	if n, err := strconv.Atoi(length); err == nil && !stalled && !chunked && n != len(octets) {
		return "", at(line, "Content-Length says %d, the content has %d octets", n, len(octets))
	}
	return octets, nil
}

// field returns the first value of a field in the lines of a head.
func field(head []string, name string) (value string, ok bool) {
	for _, l := range head[1:] {
		n, v, _ := strings.Cut(l, ":")
		if strings.EqualFold(n, name) {
			return strings.TrimSpace(v), true
		}
	}
	return "", false
}

// expand replaces every {repeat:TEXT:N} by its text.
func expand(lines []string, first int) ([]string, error) {
	expanded := make([]string, len(lines))
	for i, l := range lines {
		for _, m := range repeatMark.FindAllStringSubmatch(l, -1) {
			n, _ := strconv.Atoi(m[2]) // at most seven digits
			if n*len(m[1]) > maxRepeat {
				return nil, at(first+i, "%s is more than %d octets", m[0], maxRepeat)
			}
			l = strings.Replace(l, m[0], strings.Repeat(m[1], n), 1)
		}
		if strings.Contains(l, "{repeat:") {
			return nil, at(first+i, "write the repetition as {repeat:TEXT:COUNT}")
		}
		expanded[i] = l
	}
	return expanded, nil
}

// markIn returns the mark in a line of content for what is not known beforehand.
func markIn(line string) string {
	for _, mark := range []string{nonceMark, madeMark} {
		if strings.Contains(line, mark) {
			return mark
		}
	}
	return ""
}
