// Command chromium prints the HAR that Chromium's own DevTools make of a visit:
// the panel is opened on a page, the page is visited, and the panel's HAR writer,
// the one behind "Save all as HAR with content", is asked.
//
//	go run ./capture/testdata/record/chromium http://127.0.0.1:8080 >chromium.har
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"
)

const debugging = "127.0.0.1:9333"

// asked is what the visited page itself asks of the server.
const asked = `(async () => {
	const get = (path, o) => fetch(path, o).then(r => r.text()).catch(e => String(e));
	await get('/lab/page'); await get('/lab/page', {cache: 'no-cache'});
	await get('/status/404'); await get('/status/204'); await get('/status/302'); await get('/status/401', {credentials: 'omit'});
	await get('/lab/page', {method: 'HEAD'});
	await get('/lab/page', {method: 'DELETE', credentials: 'omit'});
	await get('/lab/depot/har', {method: 'PUT', body: 'kept', headers: {'Content-Type': 'text/plain'}});
	await get('/lab/book', {headers: {Range: 'bytes=0-9'}});
	return 'done';
})()`

// harOf runs in the panel.
const harOf = `(async () => {
	const HAR = await import('./models/har/har.js');
	const Logs = await import('./models/logs/logs.js');
	const Common = await import('./core/common/common.js');
	let har = '';
	const stream = {write: async s => { har += s; }, close: async () => {}};
	const progress = new Common.Progress.Progress();
	await HAR.Writer.Writer.write(stream, Logs.NetworkLog.NetworkLog.instance().requests(), {sanitize: %v}, progress);
	return har;
})()`

func main() {
	if err := run(os.Args[1], len(os.Args) > 2 && os.Args[2] == "sanitized"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(origin string, sanitized bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		remote.WebSocket, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.IgnoreCertErrors,
		chromedp.Flag("remote-debugging-port", strings.TrimPrefix(debugging, "127.0.0.1:")),
		chromedp.Flag("remote-allow-origins", "*"))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	visitor, cancel := chromedp.NewContext(ctx)
	defer cancel()
	defer chromedp.Cancel(ctx)
	if err := chromedp.Do(visitor, chromedp.Navigate("about:blank")); err != nil {
		return err
	}
	target, err := socket()
	if err != nil {
		return err
	}
	panel, cancel := chromedp.NewContext(visitor, chromedp.WithNewBrowserContext())
	defer cancel()
	if err := chromedp.Do(panel, chromedp.Navigate("http://"+debugging+"/devtools/inspector.html?ws="+target), chromedp.Sleep(4*time.Second)); err != nil {
		return fmt.Errorf("open the panel: %w", err)
	}
	// The second visit has something in the cache.
	if err := chromedp.Do(visitor, chromedp.Navigate(origin+"/412"), chromedp.Reload()); err != nil {
		return fmt.Errorf("visit: %w", err)
	}
	if _, err := chromedp.Run(visitor, chromedp.Evaluate[string](asked, chromedp.EvalAwaitPromise)); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	if err := chromedp.Do(visitor, chromedp.Sleep(time.Second)); err != nil {
		return err
	}
	har, err := chromedp.Run(panel, chromedp.Evaluate[string](fmt.Sprintf(harOf, sanitized), chromedp.EvalAwaitPromise))
	if err != nil {
		return fmt.Errorf("ask the panel: %w", err)
	}
	_, err = fmt.Println(har)
	return err
}

// socket returns where the visited page is debugged.
func socket() (string, error) {
	resp, err := http.Get("http://" + debugging + "/json/list")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var targets []struct {
		Type                 string
		URL                  string
		WebSocketDebuggerURL string
	}
	if err := json.NewDecoder(resp.Body).Decode(&targets); err != nil {
		return "", err
	}
	for _, t := range targets {
		if t.Type == "page" && t.URL == "about:blank" {
			return strings.TrimPrefix(t.WebSocketDebuggerURL, "ws://"), nil
		}
	}
	return "", fmt.Errorf("no page among %v", targets)
}
