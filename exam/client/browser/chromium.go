package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	cdp "github.com/chromedp/cdproto/browser"
	cdproto "github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"github.com/statute-http/statute/exam/client"
)

type chromium struct {
	ctx    context.Context
	end    context.CancelFunc
	cmd    *exec.Cmd
	folder string

	// Whether Chromium speaks QUIC to an origin it decides for all its pages: for
	// orders over HTTP/3 there is a second one, started when it is first needed.
	mu    sync.Mutex
	other *chromium
	gone  bool
}

// startLimit is how long a browser may take to be there, endLimit to be gone
// before it is killed.
const (
	startLimit = time.Minute
	endLimit   = 5 * time.Second
)

func startChromium(ctx context.Context, folder string) (engine, string, error) {
	c, version, err := runChromium(ctx, folder, chromedp.IgnoreCertErrors, chromedp.Flag("disable-quic", true))
	if err != nil {
		return nil, "", err
	}
	return c, version, nil
}

// overQUIC returns the Chromium that speaks HTTP/3 to every https origin. QUIC
// takes certificates of no authority that it does not know, whatever other
// switches say; that of the exam is named by its key.
func (c *chromium) overQUIC(ctx context.Context) (*chromium, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.other != nil || c.gone {
		return c.other, nil
	}
	key, err := client.AuthorityKey()
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(c.folder, "quic")
	if err := os.Mkdir(folder, 0o700); err != nil && !os.IsExist(err) {
		return nil, fmt.Errorf("make a folder for a second Chromium: %w", err)
	}
	other, _, err := runChromium(ctx, folder, chromedp.Flag("enable-quic", true), chromedp.Flag("origin-to-force-quic-on", "*"), chromedp.Flag("ignore-certificate-errors-spki-list", key))
	if err != nil {
		return nil, err
	}
	c.other = other
	return other, nil
}

func runChromium(ctx context.Context, folder string, more ...chromedp.ExecAllocatorOption) (*chromium, string, error) {
	var path string
	var err error
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		return nil, "", err
	}
	c := &chromium{folder: folder}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(folder),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { client.Alone(cmd); c.cmd = cmd }))
	allocator, end := chromedp.NewExecAllocator(context.WithoutCancel(ctx), append(options, more...)...)
	c.ctx, _ = chromedp.NewContext(allocator)
	c.end = end
	started := make(chan error, 1)
	version := ""
	go func() {
		v, err := chromedp.Run(c.ctx, func(ctx context.Context, _ *chromedp.Target) (cdp.GetVersionResult, error) {
			return chromedp.Call(ctx, cdp.GetVersion, cdproto.Empty{})
		})
		if err == nil {
			version = v.Product
		}
		started <- err
	}()
	select {
	case err = <-started:
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(startLimit):
		err = fmt.Errorf("it was not there after %v", startLimit)
	}
	if err != nil {
		c.close()
		return nil, "", err
	}
	return c, version, nil
}

func (c *chromium) open(ctx context.Context, url string, http3 bool) (func(), error) {
	if http3 {
		other, err := c.overQUIC(ctx)
		if err != nil {
			return nil, err
		}
		if other == nil {
			return nil, errors.New("the browser has been closed")
		}
		c = other
	}
	tab, shut := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	stop := context.AfterFunc(ctx, shut)
	if err := chromedp.Do(tab, chromedp.Navigate(url)); err != nil {
		stop()
		shut()
		return nil, err
	}
	return func() { stop(); shut() }, nil
}

func (c *chromium) close() {
	c.mu.Lock()
	other := c.other
	c.other, c.gone = nil, true
	c.mu.Unlock()
	if other != nil {
		other.close()
	}
	ctx, cancel := context.WithTimeout(c.ctx, endLimit)
	chromedp.Cancel(ctx)
	cancel()
	if c.cmd != nil && c.cmd.Process != nil {
		client.Kill(c.cmd) // whatever of it is left
	}
	c.end()
}
