// Package wire holds HTTP messages as they cross the wire.
//
// An [Exchange] is one request with everything that answered it. It is what the
// server's tap makes of its own traffic, what capture makes of recordings, what
// the exams' peers observe, and what the linter judges. It says of itself what
// it was able to see ([Evidence]): a rule about the octets after a 204 has
// nothing to say of a recording that never kept them. Evidence is three-way: a
// field is present, absent, or not observable in this recording ([Presence]).
//
// A [Reader] reads HTTP/1.1 messages. One parser has four uses: strict for the
// server, where the first [Fault] ends the connection with the answer that the
// fault's entry in [FaultTable] names; tolerant for peers, captures and raw
// text, where faults are kept with their place. The Append functions write
// messages octet by octet, wrong ones too.
//
// A [Gate] is one step of the order of decision, and a [Refusal] the error with
// which a gate decides against a request.
package wire
