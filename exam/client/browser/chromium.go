package browser

import (
	"context"
	"fmt"
	"os/exec"
	"time"

	cdp "github.com/chromedp/cdproto/browser"
	cdproto "github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"github.com/statute-http/statute/exam/client"
)

type chromium struct {
	ctx context.Context
	end context.CancelFunc
	cmd *exec.Cmd
}

// startLimit is how long a browser may take to be there, endLimit to be gone
// before it is killed.
const (
	startLimit = time.Minute
	endLimit   = 5 * time.Second
)

func startChromium(ctx context.Context, folder string) (engine, string, error) {
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
	c := &chromium{}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(folder), chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { client.Alone(cmd); c.cmd = cmd }))
	allocator, end := chromedp.NewExecAllocator(context.WithoutCancel(ctx), options...)
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

func (c *chromium) open(ctx context.Context, url string) (func(), error) {
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
	ctx, cancel := context.WithTimeout(c.ctx, endLimit)
	chromedp.Cancel(ctx)
	cancel()
	if c.cmd != nil && c.cmd.Process != nil {
		client.Kill(c.cmd) // whatever of it is left
	}
	c.end()
}
