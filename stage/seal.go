package stage

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"sync"

	"github.com/statute-http/statute/origin"
)

// A seal signs what the lab gives out and wants to know again, with a key that
// the store keeps: what a server signed holds after its restart, and at the
// other servers of a cluster.
type seal struct {
	store origin.Store

	mu  sync.Mutex
	key []byte // once it was read
}

// keyOfSeal is the store's key of the key. The name is as old as bearer tokens,
// which were the first to be signed.
const keyOfSeal = "secret.tokens"

func (s *seal) sign(ctx context.Context, text string) (string, error) {
	key, err := s.secret(ctx)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)), nil
}

// secret returns the key; the first server that needs one makes it.
func (s *seal) secret(ctx context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.key == nil {
		key, revision, err := s.store.Load(ctx, keyOfSeal)
		if err != nil {
			return nil, fmt.Errorf("load the key of the seal: %w", err)
		}
		if revision > 0 {
			s.key = key
			break
		}
		key = make([]byte, 32)
		rand.Read(key)
		_, ok, err := s.store.Save(ctx, keyOfSeal, key, 0)
		if err != nil {
			return nil, fmt.Errorf("save the key of the seal: %w", err)
		}
		if ok {
			s.key = key
		}
	}
	return s.key, nil
}
