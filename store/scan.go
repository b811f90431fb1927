package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/highwayhash"
)

// The blocks of a JetStream stream are files msgs/N.blk full of records, written
// one after the other (nats-server v2.15.2, server/filestore.go, writeMsgRecord):
//
//	4 octets  length of the record; the highest bit: it has fields
//	8         sequence number; the highest two bits: erased, deletion
//	8         time
//	2         length of the subject
//	...       subject, [4 octets length of the fields], fields, content
//	8         HighwayHash-64 of all but the lengths, keyed with the stream's name and N
//
// A process that dies can leave the last record of the last block cut off: nobody
// was told that it is safe. Anything else that is wrong is damage.
const (
	recordHead   = 22
	recordHash   = 8
	recordMost   = 32 << 20
	blockMost    = 128 << 20
	recordFields = 1 << 31
)

// scan reads all blocks of the stream kept in dir and says what is wrong. cut is
// how many octets at the very end were not written to their end.
func scan(dir, name string) (cut int, err error) {
	numbers, err := blocks(dir)
	if err != nil {
		return 0, err
	}
	for i, number := range numbers {
		file := blockFile(dir, number)
		info, err := os.Stat(file)
		if err != nil {
			return 0, err
		}
		if info.Size() > blockMost {
			return 0, fmt.Errorf("%s has %d octets, more than any block", file, info.Size())
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		key := sha256.Sum256(fmt.Appendf(nil, "%s-%d", name, number))
		h, err := highwayhash.New64(key[:])
		if err != nil {
			return 0, err
		}
		bad := scanBlock(data, h)
		if bad < 0 {
			continue
		}
		if last := i == len(numbers)-1; !last || followed(data[bad:], h) {
			return 0, fmt.Errorf("%s has a damaged record at octet %d of %d", file, bad, len(data))
		}
		cut = len(data) - bad
	}
	return cut, nil
}

// survey looks for messages in the blocks of a stream that are older than the
// ones wanted, by subject, whether or not JetStream still counts them. It returns
// the subjects that have some. JetStream may go on writing meanwhile: old
// messages can disappear then but not come.
func survey(dir string, wanted map[string]uint64) (map[string]bool, error) {
	numbers, err := blocks(dir)
	if err != nil {
		return nil, err
	}
	older := map[string]bool{}
	for _, number := range numbers {
		data, err := os.ReadFile(blockFile(dir, number))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for len(data) >= recordHead+recordHash {
			length, subject, _ := measure(data)
			if length == 0 {
				break // the end is being written
			}
			name := string(data[recordHead : recordHead+subject])
			if seq, ok := wanted[name]; ok && binary.LittleEndian.Uint64(data[4:]) < seq {
				older[name] = true
			}
			data = data[length:]
		}
	}
	return older, nil
}

// blocks returns the numbers of the blocks of the stream kept in dir.
func blocks(dir string) (numbers []int, err error) {
	entries, err := os.ReadDir(filepath.Join(dir, "msgs"))
	for _, e := range entries {
		if n, err := strconv.Atoi(strings.TrimSuffix(e.Name(), ".blk")); err == nil && strings.HasSuffix(e.Name(), ".blk") {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, err
}

func blockFile(dir string, number int) string {
	return filepath.Join(dir, "msgs", strconv.Itoa(number)+".blk")
}

// scanBlock returns where the first record is that is not whole; -1 if all are.
func scanBlock(data []byte, h hash.Hash) int {
	for at := 0; at < len(data); {
		n := wholeRecord(data[at:], h)
		if n == 0 {
			return at
		}
		at += n
	}
	return -1
}

// followed reports whether a whole record begins anywhere after the first octet.
func followed(data []byte, h hash.Hash) bool {
	for at := 1; at+recordHead+recordHash <= len(data); at++ {
		if wholeRecord(data[at:], h) > 0 {
			return true
		}
	}
	return false
}

// wholeRecord returns the length of the record that data begins with, 0 if it is
// cut off or its hash is another.
func wholeRecord(data []byte, h hash.Hash) int {
	if len(data) < recordHead+recordHash {
		return 0
	}
	length, subject, start := measure(data)
	if length == 0 {
		return 0
	}
	h.Reset()
	h.Write(data[4:20])
	h.Write(data[recordHead : recordHead+subject])
	h.Write(data[start : length-recordHash])
	if !bytes.Equal(h.Sum(nil), data[length-recordHash:length]) {
		return 0
	}
	return length
}

// measure returns the lengths of a record and of its subject, and where its
// fields and content begin; 0 if it cannot be a record.
func measure(data []byte) (length, subject, start int) {
	n := binary.LittleEndian.Uint32(data)
	subject = int(binary.LittleEndian.Uint16(data[20:]))
	length = int(n &^ recordFields)
	start = recordHead + subject
	if n&recordFields != 0 {
		start += 4
	}
	if length > len(data) || length > recordMost || start > length-recordHash {
		return 0, 0, 0
	}
	return length, subject, start
}
