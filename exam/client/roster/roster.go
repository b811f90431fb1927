// Package roster knows the clients that can be examined by their names: the
// commands that have a profile, the libraries that have an adapter, the browsers,
// and Go's own client.
package roster

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/statute-http/statute/adapters"
	"github.com/statute-http/statute/exam/client"
	"github.com/statute-http/statute/exam/client/browser"
	"github.com/statute-http/statute/exam/client/nethttp"
)

// native are the subjects that need no other program.
var native = []struct {
	name string
	open func() *nethttp.Subject
}{
	{"go-net-http", nethttp.New},
	{"go-quic-go", nethttp.NewQUIC},
}

// Names lists all of them.
func Names() []string {
	names := client.ProfileNames()
	for _, n := range native {
		names = append(names, n.name)
	}
	return slices.Concat(names, browser.Names, adapters.Names())
}

// Open returns the subject of that name. An error says what is missing: the
// program, or a library. What the subject holds is let go by the function.
func Open(ctx context.Context, name string) (client.Subject, func(), error) {
	for _, n := range native {
		if n.name == name {
			return n.open(), func() {}, nil
		}
	}
	switch {
	case slices.Contains(client.ProfileNames(), name):
		p, err := client.LookupProfile(name)
		if err != nil {
			return nil, nil, err
		}
		c, err := client.NewCommand(ctx, p)
		return c, func() {}, err
	case slices.Contains(browser.Names, name):
		b, err := browser.Start(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		return b, b.Close, nil
	case slices.Contains(adapters.Names(), name):
		return open(ctx, name)
	}
	return nil, nil, fmt.Errorf("there is no client %q; there are %s", name, strings.Join(Names(), ", "))
}

// open starts an adapter and lets it count if it passes its self-test.
func open(ctx context.Context, name string) (client.Subject, func(), error) {
	folder, err := os.MkdirTemp("", "statute-adapter-")
	if err != nil {
		return nil, nil, err
	}
	words, err := adapters.Place(name, folder)
	var a *client.Adapter
	if err == nil {
		a, err = client.NewAdapter(ctx, words...)
	}
	if err != nil {
		os.RemoveAll(folder)
		return nil, nil, err
	}
	end := func() {
		a.Close()
		os.RemoveAll(folder)
	}
	if err := client.SelfTest(ctx, a); err != nil {
		end()
		return nil, nil, err
	}
	return a, end, nil
}
