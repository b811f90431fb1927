package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/coder/websocket"
)

// A bidi is a connection of WebDriver BiDi (https://w3c.github.io/webdriver-bidi/):
// numbered commands in JSON, and their results. Events are not subscribed to.
type bidi struct {
	conn *websocket.Conn
	gone chan struct{} // closed when nothing more can come

	mu      sync.Mutex
	n       int
	waiting map[int]chan bidiAnswer
}

type bidiAnswer struct {
	Type    string          `json:"type"`
	ID      *int            `json:"id"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
}

// maxBiDi is the largest message that is read.
const maxBiDi = 1 << 20

func dialBiDi(ctx context.Context, url string) (*bidi, error) {
	conn, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, fmt.Errorf("speak WebDriver BiDi: %w", err)
	}
	conn.SetReadLimit(maxBiDi)
	b := &bidi{conn: conn, gone: make(chan struct{}), waiting: map[int]chan bidiAnswer{}}
	go b.listen()
	return b, nil
}

// listen hands results to whom they are for, until the connection ends.
func (b *bidi) listen() {
	defer close(b.gone)
	for {
		_, octets, err := b.conn.Read(context.Background())
		if err != nil {
			return
		}
		var a bidiAnswer
		if json.Unmarshal(octets, &a) != nil || a.ID == nil {
			continue
		}
		b.mu.Lock()
		to := b.waiting[*a.ID]
		delete(b.waiting, *a.ID)
		b.mu.Unlock()
		if to != nil {
			to <- a
		}
	}
}

// call sends a command and reads its result.
func (b *bidi) call(ctx context.Context, method string, params, result any) error {
	answer := make(chan bidiAnswer, 1)
	b.mu.Lock()
	b.n++
	id := b.n
	b.waiting[id] = answer
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.waiting, id)
	}()
	octets, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err != nil {
		return err
	}
	// A write that is cut by its context would end the connection for all.
	if err := b.conn.Write(context.WithoutCancel(ctx), websocket.MessageText, octets); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case a := <-answer:
		if a.Type == "error" {
			return fmt.Errorf("%s: %s: %s", method, a.Error, a.Message)
		}
		if result != nil {
			return json.Unmarshal(a.Result, result)
		}
		return nil
	case <-b.gone:
		return fmt.Errorf("%s: %w", method, errors.New("the browser has ended"))
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

func (b *bidi) close() {
	b.conn.CloseNow()
	<-b.gone
}
