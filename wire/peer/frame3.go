package peer

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/quic-go/qpack"
	"github.com/quic-go/quic-go/quicvarint"
	"github.com/statute-http/statute/wire"
)

// Types of HTTP/3 frames (RFC 9114 §7.2) and of unidirectional streams
// (RFC 9114 §6.2, RFC 9204 §4.2).
const (
	FrameData        = 0x00
	FrameHeaders     = 0x01
	FrameCancelPush  = 0x03
	FrameSettings    = 0x04
	FramePushPromise = 0x05
	FrameGoAway      = 0x07
	FrameMaxPushID   = 0x0d

	streamControl = 0x00
	streamPush    = 0x01
	streamEncoder = 0x02
	streamDecoder = 0x03

	settingMaxFieldSection = 0x06

	// SettingEnableConnectH3 says that extended CONNECT is taken (RFC 9220 §3).
	SettingEnableConnectH3 = 0x08
)

// Error codes of HTTP/3 (RFC 9114 §8.1) and QPACK (RFC 9204 §6).
const (
	H3NoError           = 0x0100
	H3GeneralProtocol   = 0x0101
	H3InternalError     = 0x0102
	H3StreamCreation    = 0x0103
	H3ClosedCritical    = 0x0104
	H3FrameUnexpected   = 0x0105
	H3FrameError        = 0x0106
	H3ExcessiveLoad     = 0x0107
	H3IDError           = 0x0108
	H3SettingsError     = 0x0109
	H3MissingSettings   = 0x010a
	H3RequestRejected   = 0x010b
	H3RequestCancelled  = 0x010c
	H3RequestIncomplete = 0x010d
	H3MessageError      = 0x010e
	H3ConnectError      = 0x010f
	H3VersionFallback   = 0x0110
	QPACKDecompression  = 0x0200
	QPACKEncoderStream  = 0x0201
	QPACKDecoderStream  = 0x0202
)

var namesH3 = map[uint64]string{
	H3NoError:           "H3_NO_ERROR",
	H3GeneralProtocol:   "H3_GENERAL_PROTOCOL_ERROR",
	H3InternalError:     "H3_INTERNAL_ERROR",
	H3StreamCreation:    "H3_STREAM_CREATION_ERROR",
	H3ClosedCritical:    "H3_CLOSED_CRITICAL_STREAM",
	H3FrameUnexpected:   "H3_FRAME_UNEXPECTED",
	H3FrameError:        "H3_FRAME_ERROR",
	H3ExcessiveLoad:     "H3_EXCESSIVE_LOAD",
	H3IDError:           "H3_ID_ERROR",
	H3SettingsError:     "H3_SETTINGS_ERROR",
	H3MissingSettings:   "H3_MISSING_SETTINGS",
	H3RequestRejected:   "H3_REQUEST_REJECTED",
	H3RequestCancelled:  "H3_REQUEST_CANCELLED",
	H3RequestIncomplete: "H3_REQUEST_INCOMPLETE",
	H3MessageError:      "H3_MESSAGE_ERROR",
	H3ConnectError:      "H3_CONNECT_ERROR",
	H3VersionFallback:   "H3_VERSION_FALLBACK",
	QPACKDecompression:  "QPACK_DECOMPRESSION_FAILED",
	QPACKEncoderStream:  "QPACK_ENCODER_STREAM_ERROR",
	QPACKDecoderStream:  "QPACK_DECODER_STREAM_ERROR",
}

func nameH3(code uint64) string {
	if name, ok := namesH3[code]; ok {
		return name
	}
	return fmt.Sprintf("%#x", code)
}

// AppendFrameH3 appends one HTTP/3 frame.
func AppendFrameH3(b []byte, frame uint64, payload []byte) []byte {
	b = quicvarint.Append(b, frame)
	b = quicvarint.Append(b, uint64(len(payload)))
	return append(b, payload...)
}

// AppendSectionH3 appends an encoded field section, lines exactly as given,
// made without the dynamic table (RFC 9204 §3.2).
func AppendSectionH3(b []byte, lines wire.Fields) []byte {
	var block bytes.Buffer
	enc := qpack.NewEncoder(&block)
	for _, f := range lines {
		enc.WriteField(qpack.HeaderField{Name: f.Name, Value: f.Value}) // a Buffer takes all
	}
	if len(lines) == 0 {
		block.Write([]byte{0, 0}) // RFC 9204 §4.5.1: the prefix is there all the same
	}
	return append(b, block.Bytes()...)
}

// decodeH3 decodes a field section, with a bound on what it grows to.
func decodeH3(block []byte) (wire.Fields, error) {
	var lines wire.Fields
	size := 0
	next := qpack.NewDecoder().Decode(block)
	for {
		f, err := next()
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		// RFC 9114 §4.2.2: a line counts as its octets and 32 more.
		if size += len(f.Name) + len(f.Value) + 32; size > maxSection {
			return nil, errors.New("the field section is too large")
		}
		lines = append(lines, wire.Field{Name: f.Name, Value: f.Value})
	}
}

// A frame3 is the beginning of an HTTP/3 frame.
type frame3 struct {
	kind   uint64
	length uint64
}

// octets reads single octets, as the quicvarint package wants them.
type octets struct{ r io.Reader }

func (o octets) ReadByte() (byte, error) {
	var b [1]byte
	_, err := io.ReadFull(o.r, b[:])
	return b[0], err
}

// readFrame3 reads the beginning of a frame. It returns io.EOF only if the
// stream ended before it.
func readFrame3(r io.Reader) (frame3, error) {
	var f frame3
	var err error
	if f.kind, err = readVarint(r, true); err != nil {
		return f, err
	}
	f.length, err = readVarint(r, false)
	return f, err
}

// readVarint reads a variable-length integer (RFC 9000 §16). The stream may end
// before it only if mayEnd.
func readVarint(r io.Reader, mayEnd bool) (uint64, error) {
	counted := &counter{r: r}
	n, err := quicvarint.Read(octets{counted})
	if errors.Is(err, io.EOF) && (counted.n > 0 || !mayEnd) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// payload reads a whole payload of at most limit octets.
func payload(r io.Reader, f frame3, limit uint64) ([]byte, error) {
	if f.length > limit {
		return nil, fmt.Errorf("a frame of type %#x has %d octets, more than %d", f.kind, f.length, limit)
	}
	b := make([]byte, f.length)
	_, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// misplaced reports whether a frame of a known type has no place on a request
// stream (RFC 9114 §7.2). Frames of types that HTTP/2 alone has are errors too
// (§7.2.8); all others are to be ignored (§9). A PUSH_PROMISE is misplaced
// because we never allow a push.
func misplaced(kind uint64) bool {
	switch kind {
	case FrameCancelPush, FrameSettings, FramePushPromise, FrameGoAway, FrameMaxPushID,
		0x02, 0x06, 0x08, 0x09: // PRIORITY, PING, WINDOW_UPDATE, CONTINUATION
		return true
	}
	return false
}
