package origin_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/statute-http/statute/origin"
)

// notes is a tree of one's own: short texts by path, in memory.
type notes struct {
	mu      sync.Mutex
	texts   map[string]string
	version map[string]uint64
	kept    map[string]string // content by hash, until a change names it
}

func (n *notes) Find(_ context.Context, path string) (*origin.Node, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.node(path), nil
}

func (n *notes) node(path string) *origin.Node {
	node := &origin.Node{
		Path: path, Version: n.version[path],
		Policy: origin.Policy{Allow: []string{"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}, Guarded: true, Room: -1},
	}
	if text, ok := n.texts[path]; ok {
		blob := origin.Fixed(text)
		node.Variants = []origin.Variant{{Type: "text/plain", Tag: blob.Tag(), Modified: time.Unix(0, 0), Blob: blob}}
	}
	return node
}

func (n *notes) Keep(_ context.Context, content io.Reader, most int64) (origin.Blob, error) {
	text, err := io.ReadAll(io.LimitReader(content, most+1))
	if err != nil {
		return origin.Blob{}, err
	}
	if int64(len(text)) > most {
		return origin.Blob{}, origin.ErrTooLarge
	}
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	n.mu.Lock()
	defer n.mu.Unlock()
	n.kept[hash] = string(text)
	return origin.Blob{Hash: hash, Size: int64(len(text)), Open: func(_ context.Context, offset int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(text[offset:])), nil
	}}, nil
}

func (n *notes) Change(_ context.Context, c origin.Change) (*origin.Node, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.version[c.Path] != c.Since {
		return nil, origin.ErrStale
	}
	n.version[c.Path]++
	if c.Remove {
		delete(n.texts, c.Path)
	} else {
		n.texts[c.Path] = n.kept[c.Put.Blob.Hash]
	}
	return n.node(c.Path), nil
}

// A tree of one's own gets the whole decision: here a change needs a condition,
// and a stale one is refused.
func Example() {
	tree := &notes{texts: map[string]string{}, version: map[string]uint64{}, kept: map[string]string{}}
	server := httptest.NewServer(&origin.Handler{Tree: tree})
	defer server.Close()

	ask := func(method, tag, content string) {
		r, _ := http.NewRequest(method, server.URL+"/tea", strings.NewReader(content))
		if tag != "" {
			r.Header.Set("If-Match", tag)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer answer.Body.Close()
		fmt.Println(method, answer.StatusCode)
	}
	ask("GET", "", "")
	ask("PUT", "", "oolong")
	ask("PUT", "", "pouchong")
	ask("PUT", `"stale"`, "pouchong")
	ask("PUT", origin.Fixed("oolong").Tag(), "pouchong")
	ask("POST", "", "")
	// Output:
	// GET 404
	// PUT 201
	// PUT 428
	// PUT 412
	// PUT 204
	// POST 405
}
