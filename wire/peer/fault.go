package peer

import "github.com/statute-http/statute/wire"

// Faults that only h2 and h3 messages can have, besides those of package wire
// that hold for them too: bad-field-name, bad-field-value, bad-status-code,
// bad-content-length, field-too-large.
const (
	UppercaseName   wire.FaultKind = "uppercase-field-name"      // RFC 9113 §8.2, RFC 9114 §4.2
	ConnectionField wire.FaultKind = "connection-field"          // RFC 9113 §8.2.2, RFC 9114 §4.2
	MissingPseudo   wire.FaultKind = "missing-pseudo-field"      // RFC 9113 §8.3, RFC 9114 §4.3
	UnknownPseudo   wire.FaultKind = "unknown-pseudo-field"      // RFC 9113 §8.3, RFC 9114 §4.3
	RepeatedPseudo  wire.FaultKind = "repeated-pseudo-field"     // RFC 9113 §8.3
	LatePseudo      wire.FaultKind = "pseudo-field-after-fields" // RFC 9113 §8.3, RFC 9114 §4.3
	TrailerPseudo   wire.FaultKind = "pseudo-field-in-trailers"  // RFC 9113 §8.1, RFC 9114 §4.3
	Switching       wire.FaultKind = "status-101"                // RFC 9113 §8.6, RFC 9114 §4.5
	LengthMismatch  wire.FaultKind = "content-length-mismatch"   // RFC 9113 §8.1.1, RFC 9114 §4.1.2
	EndingInterim   wire.FaultKind = "interim-ends-stream"       // RFC 9113 §8.1, RFC 9114 §4.1
	EarlyContent    wire.FaultKind = "content-before-final"      // RFC 9113 §8.1, RFC 9114 §4.1
	OpenTrailers    wire.FaultKind = "trailers-not-last"         // RFC 9113 §8.1, RFC 9114 §4.1
	BadCompression  wire.FaultKind = "bad-field-compression"     // RFC 9113 §4.3, RFC 9204 §2.2
	UnexpectedFrame wire.FaultKind = "unexpected-frame"          // RFC 9113 §5.1, RFC 9114 §7.2
	BadFrame        wire.FaultKind = "bad-frame"                 // RFC 9113 §4.2, RFC 9114 §7.1
	ManyInterim     wire.FaultKind = "too-many-interim"          // our own limit
)
