package wire

// Classes of octets, as a table: one look-up an octet keeps the reader fast.
const (
	tchar   = 1 << iota // of a token (RFC 9110 §5.6.2)
	fvchar              // of a field value: VCHAR, obs-text, SP, HTAB (RFC 9110 §5.5)
	uchar               // of a request target as we take it
	hostchr             // of a host without port or brackets (RFC 3986 §3.2.2)
)

var class = func() (table [256]uint8) {
	for c := '0'; c <= '9'; c++ {
		table[c] |= tchar | hostchr
	}
	for c := 'a'; c <= 'z'; c++ {
		table[c] |= tchar | hostchr
		table[c-'a'+'A'] |= tchar | hostchr
	}
	for _, c := range []byte("!#$%&'*+-.^_`|~") {
		table[c] |= tchar
	}
	for _, c := range []byte("-._~!$&'()*+,;=%") {
		table[c] |= hostchr
	}
	for c := 0x20; c < 0x100; c++ {
		if c != 0x7f {
			table[c] |= fvchar
		}
	}
	table['\t'] |= fvchar
	// RFC 3986 leaves out "<>\^`{|} as well, but browsers send some of them
	// unencoded in queries, so that refusing them would refuse real people.
	// What is refused is what reads differently to different recipients:
	// controls, space, DEL, octets above ASCII, and the fragment's #.
	for c := 0x21; c < 0x7f; c++ {
		if c != '#' {
			table[c] |= uchar
		}
	}
	return table
}()

// IsToken reports whether s may be a method or a field name (RFC 9110 §5.6.2).
func IsToken(s string) bool { return len(s) > 0 && firstNot(s, tchar) < 0 }

func isToken(b []byte) bool { return len(b) > 0 && firstNot(b, tchar) < 0 }

// firstNot returns the index of the first octet outside the class, or -1.
func firstNot[T string | []byte](b T, c uint8) int {
	for i := range len(b) {
		if class[b[i]]&c == 0 {
			return i
		}
	}
	return -1
}

func trimOWS(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// foldEqual compares an octet slice with a lower-case name, ignoring case.
func foldEqual(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i := range b {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
