package capture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/statute-http/statute/lang"
)

// Bounds of what a zstd file may ask of the memory.
const (
	zstdWindow     = 64 << 20
	zstdDictionary = 8 << 20
)

var (
	zstdMagic = []byte("\x28\xb5\x2f\xfd")
	// dictMagic begins the skippable frame with which a WARC may open: the
	// dictionary of all frames after it, zstd itself or not.
	dictMagic = []byte("\x5d\x2a\x4d\x18")
)

// zstdReader inflates zstd frames (RFC 8878).
func (in *input) zstdReader(r *bufio.Reader) (io.Reader, error) {
	options := []zstd.DOption{zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxWindow(zstdWindow)}
	if first, _ := r.Peek(len(dictMagic)); bytes.Equal(first, dictMagic) {
		dictionary, err := readDictionary(r)
		if err != nil {
			return nil, in.broken(0, lang.Text{
				En:   "the dictionary with which the file begins cannot be read",
				ZhTW: "無法讀取檔案開頭的字典"}, err)
		}
		// RFC 8878 §5: a dictionary that begins otherwise is raw content.
		if bytes.HasPrefix(dictionary, []byte("\x37\xa4\x30\xec")) {
			options = append(options, zstd.WithDecoderDicts(dictionary))
		} else {
			options = append(options, zstd.WithDecoderDictRaw(0, dictionary))
		}
	}
	z, err := zstd.NewReader(r, options...)
	if err != nil {
		return nil, in.broken(0, lang.Text{En: "cannot be inflated", ZhTW: "無法解壓縮"}, err)
	}
	in.closes = append(in.closes, z.Close)
	return &bounded{src: z, in: in}, nil
}

// A bounded reader refuses what inflates beyond measure.
type bounded struct {
	src io.Reader
	in  *input
	n   int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.src.Read(p)
	if b.n += int64(n); b.n > bombSize && b.n/bombRatio > b.in.taken.Load() {
		return n, bomb(b.in.taken.Load())
	}
	return n, err
}

func readDictionary(r io.Reader) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(head[4:])
	if size > zstdDictionary {
		return nil, fmt.Errorf("it has %d octets; %d are taken", size, zstdDictionary)
	}
	dictionary := make([]byte, size)
	if _, err := io.ReadFull(r, dictionary); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(dictionary, zstdMagic) {
		return dictionary, nil
	}
	z, err := zstd.NewReader(bytes.NewReader(dictionary), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdDictionary))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return io.ReadAll(io.LimitReader(z, zstdDictionary))
}
