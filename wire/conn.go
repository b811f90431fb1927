package wire

import "context"

// ConnKey is the context key under which our server keeps a request's *[Conn].
var ConnKey any = connKey{}

type connKey struct{}

// ConnOf returns what our server knows of the connection that carried the
// request, or nil for a request that came through another server.
func ConnOf(ctx context.Context) *Conn {
	c, _ := ctx.Value(ConnKey).(*Conn)
	return c
}
