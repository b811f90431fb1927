package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
)

// serveFlags are what `statute serve` can be told.
type serveFlags struct {
	listen, proxy, portal               string
	allow, gateways                     []string
	data, store, sync, ready, logFormat string
	journal                             string
	limits                              serve.Limits
	worlds                              stage.WorldLimits
	stored                              int64 // MiB
}

// grace is how long requests that are under way may take when the server stops.
const grace = 10 * time.Second

func newServeCommand(env *environment) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use: "serve",
		Short: env.in(lang.Text{
			En:   "run the server in which every code happens for its true cause",
			ZhTW: "啟動伺服器，讓每個狀態碼因真正的原因發生"}),
		Long:    env.in(serveHelp),
		Example: "statute serve\nstatute serve --listen 127.0.0.1:0 --ready ready.json\nstatute serve --head-time 2s --stall-time 2s --log-format json",
		Args:    noArguments,
	}
	flags := cmd.Flags()
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		f.usualDoors(flags.Changed)
		return f.run(cmd.Context(), env)
	}
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", env.in(lang.Text{
		En:   "listen on `ADDRESS`, host and port; port 0 chooses a free one",
		ZhTW: "監聽 `ADDRESS`（主機與連接埠）；連接埠 0 表示任選一個空的"}))
	flags.StringVar(&f.proxy, "proxy-listen", "127.0.0.1:3128", env.in(lang.Text{
		En:   "listen on `ADDRESS` as a forward proxy; off for none",
		ZhTW: "在 `ADDRESS` 作為正向代理伺服器監聽；off 表示不要"}))
	flags.StringVar(&f.portal, "portal-listen", "127.0.0.1:8081", env.in(lang.Text{
		En:   "listen on `ADDRESS` as the interceptor of a captive network; off for none",
		ZhTW: "在 `ADDRESS` 作為強制登入網路的攔截者監聽；off 表示不要"}))
	flags.StringSliceVar(&f.allow, "allow-upstream", nil, env.in(lang.Text{
		En:   "let proxy and interceptor reach these `SERVERS` as well: HOST:PORT, *.DOMAIN:PORT or *:PORT, separated by commas; * as the port is any",
		ZhTW: "讓代理伺服器與攔截者也能連到這些 `SERVERS`：HOST:PORT、*.DOMAIN:PORT 或 *:PORT，以逗號分隔；連接埠寫 * 表示任何一個"}))
	flags.StringSliceVar(&f.gateways, "trusted-gateway", []string{"127.0.0.0/8", "::1/128"}, env.in(lang.Text{
		En:   "take Early-Data from these `NETWORKS`, separated by commas, for a gateway's word, and do not count the worlds that they make by address; none for nobody",
		ZhTW: "來自這些 `NETWORKS`（以逗號分隔）的 Early-Data 視為閘道所加，從那裡建立的世界也不按位址計數；none 表示都不信任"}))
	flags.StringVar(&f.data, "data", "", env.in(dataFlag))
	flags.StringVar(&f.store, "store", "", env.in(lang.Text{
		En:   "keep the state in the NATS servers at `URL`, nats://a,b,c, instead of in the data folder",
		ZhTW: "把狀態存到 `URL` 的 NATS 伺服器（nats://a,b,c），而不是資料夾"}))
	flags.StringVar(&f.sync, "sync", "always", env.in(lang.Text{
		En:   "`WHEN` the state in the data folder reaches the disk: always, before it is acknowledged, or interval, within two minutes",
		ZhTW: "資料夾裡的狀態何時寫進磁碟（`WHEN`）：always 在確認之前，interval 在兩分鐘內"}))
	flags.StringVar(&f.ready, "ready", "", env.in(lang.Text{
		En:   "write where everything is to `FILE`, as JSON, once all ports listen",
		ZhTW: "所有連接埠都開始監聽後，把各項服務的位置以 JSON 寫入 `FILE`"}))
	flags.StringVar(&f.journal, "journal", "", env.in(lang.Text{
		En:   "append every exchange to `FILE`, for statute lint; without credentials, cookies and large contents",
		ZhTW: "把每次訊息往返附加到 `FILE`，供 statute lint 使用；不含憑證、Cookie 與大型內容"}))
	flags.StringVar(&f.logFormat, "log-format", "text", env.in(lang.Text{
		En:   "log as `FORMAT`: text or json",
		ZhTW: "記錄的格式 `FORMAT`：text 或 json"}))
	flags.DurationVar(&f.limits.First, "first-time", 30*time.Second, env.in(lang.Text{
		En:   "wait `TIME` for the first octet on a connection, then answer 408",
		ZhTW: "新連線等待第一個位元組的時間 `TIME`，逾時回應 408"}))
	flags.DurationVar(&f.limits.Head, "head-time", 10*time.Second, env.in(lang.Text{
		En:   "wait `TIME` for a head to end, then answer 408",
		ZhTW: "等待標頭區段結束的時間 `TIME`，逾時回應 408"}))
	flags.DurationVar(&f.limits.Stall, "stall-time", 20*time.Second, env.in(lang.Text{
		En:   "wait `TIME` for more content, then answer 408",
		ZhTW: "等待後續內容的時間 `TIME`，逾時回應 408"}))
	flags.DurationVar(&f.limits.Write, "write-time", 30*time.Second, env.in(lang.Text{
		En:   "wait `TIME` for a client to take what it is sent, then end the stream or connection",
		ZhTW: "等待用戶端收下所送內容的時間 `TIME`，逾時結束串流或連線"}))
	flags.DurationVar(&f.limits.Idle, "idle-time", time.Minute, env.in(lang.Text{
		En:   "close a connection that has been idle for `TIME`",
		ZhTW: "連線閒置 `TIME` 後關閉"}))
	flags.IntVar(&f.limits.Connections, "max-connections", 20_000, env.in(lang.Text{
		En:   "hold at most `NUMBER` connections",
		ZhTW: "最多同時維持 `NUMBER` 條連線"}))
	flags.IntVar(&f.limits.ConnectionsPerAddress, "max-connections-per-address", 1024, env.in(lang.Text{
		En:   "hold at most `NUMBER` connections of one address",
		ZhTW: "同一個位址最多同時維持 `NUMBER` 條連線"}))
	flags.IntVar(&f.worlds.All, "max-worlds", 50_000, env.in(lang.Text{
		En:   "hold at most `NUMBER` worlds of people's own, then answer 503",
		ZhTW: "最多同時保有 `NUMBER` 個自建的世界，超過回應 503"}))
	flags.IntVar(&f.worlds.PerAddress, "max-worlds-per-address", 1000, env.in(lang.Text{
		En:   "let one address, or IPv6 /64, have at most `NUMBER` worlds at a time, then answer 429",
		ZhTW: "同一個位址（或 IPv6 的 /64）最多同時有 `NUMBER` 個世界，超過回應 429"}))
	flags.Int64Var(&f.stored, "max-stored", 4096, env.in(lang.Text{
		En:   "keep at most `NUMBER` MiB of state, then answer 507",
		ZhTW: "狀態最多保存 `NUMBER` MiB，超過回應 507"}))
	cmd.MarkFlagDirname("data")
	cmd.RegisterFlagCompletionFunc("log-format", cobra.FixedCompletions(logFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// logFormats are what --log-format takes.
var logFormats = []string{"text", "json"}

var serveHelp = lang.Text{
	En: "Serves the lab, the posed answers and the reference over HTTP/1.1, HTTP/2 and HTTP/3, all at one address: a TCP port that tells TLS, HTTP/1.1 and HTTP/2 in the clear apart, and the UDP port of the same number.\n\n" +
		"It runs until it is interrupted. Requests that are under way then have 10 seconds to end; a second interrupt ends the program at once. What is worth a note is logged on stderr.\n\n" +
		"Two more ports belong to it. At `--proxy-listen` is a forward proxy, which asks for a login (guest, with the password guest) and passes on to the lab only. At `--portal-listen` is an interceptor, which answers 511 for everybody until one has agreed at its /login. Neither leads anywhere else unless `--allow-upstream` says so. Where `--listen` leaves the choice of its port to the system, so do these two unless they are given.\n\n" +
		"Where everything is stands at /.well-known/statute. With `--ready` the same object is written to a file that appears whole once all ports listen, and is removed when the server ends. Its members stay; new ones may come:\n\n" +
		"- `http`, `https` and `h3` are the addresses, without a path, for requests in the clear, over TLS and over HTTP/3.\n" +
		"- `proxy` and `portal` are the addresses of the forward proxy and of the interceptor; absent if they are off.\n" +
		"- `ca` is where the certificate of the local authority can be fetched; see `statute ca`.",
	ZhTW: "在同一個位址以 HTTP/1.1、HTTP/2 與 HTTP/3 提供實驗室、示範回應與參考文件：同一個 TCP 連接埠能分辨 TLS、HTTP/1.1 與明文 HTTP/2，HTTP/3 則使用相同號碼的 UDP 連接埠。\n\n" +
		"執行到被中斷為止。進行中的請求有 10 秒可以做完；再中斷一次，程式就立刻結束。值得留意的事會記錄到 stderr。\n\n" +
		"另外還有兩個連接埠。`--proxy-listen` 是正向代理伺服器，需要登入（guest，密碼 guest），只轉送到實驗室。`--portal-listen` 是攔截者，在使用者到它的 /login 同意條款之前，對誰的請求都回 511。除非 `--allow-upstream` 另有允許，兩者都不通往別處。如果 `--listen` 的連接埠由系統選擇，這兩個沒有指定時也一樣。\n\n" +
		"各項服務的位置寫在 /.well-known/statute。使用 `--ready` 時，同樣的物件會寫入檔案：所有連接埠都開始監聽後，檔案才完整出現，伺服器結束時移除。既有的成員不會改變，日後可能增加：\n\n" +
		"- `http`、`https` 和 `h3` 分別是明文、TLS 和 HTTP/3 的位址，不含路徑。\n" +
		"- `proxy` 和 `portal` 分別是正向代理伺服器與攔截者的位址；不提供時沒有這個成員。\n" +
		"- `ca` 是本機憑證機構的憑證所在的位址，見 `statute ca`。",
}

func (f *serveFlags) run(ctx context.Context, env *environment) error {
	if err := f.check(); err != nil {
		return err
	}
	log, err := f.log(env)
	if err != nil {
		return err
	}
	if f.data == "" {
		if f.data, err = stateDir(env.getenv); err != nil {
			return err
		}
	}
	// Answers are short-lived garbage: collecting it less often is worth more
	// than the memory, of which there is little. GOGC overrules.
	if env.getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	allow, err := f.allowed()
	if err != nil {
		return err // check has found it good
	}
	gateways, err := f.trusted()
	if err != nil {
		return err // check has found it good
	}
	journal, err := keepJournal(f.journal)
	if err != nil {
		return err
	}
	h, err := house.Open(house.Config{
		Listen: f.listen, Proxy: f.proxy, Portal: f.portal, Allow: allow, Gateways: gateways,
		Data: f.data, Store: f.store, Sync: f.sync, Stored: f.stored << 20,
		Lang: env.lang, Limits: f.limits, Worlds: f.worlds, Log: log, Tap: journal.tap(),
	})
	if err != nil {
		return f.cannotOpen(err)
	}
	if f.ready != "" {
		if err := writeReady(f.ready, h.Ready()); err != nil {
			expired, cancel := context.WithCancel(ctx)
			cancel()
			h.Shutdown(expired)
			return cannot(lang.Text{En: "write " + f.ready, ZhTW: "寫入 " + f.ready}, err,
				lang.Text{En: "name a file in a folder that you may write to", ZhTW: "請指定一個可以寫入的資料夾裡的檔案"})
		}
		defer os.Remove(f.ready)
	}
	env.greet(h.Ready())
	stopped := make(chan error, 1)
	go func() { stopped <- h.Serve() }()
	select {
	case err = <-stopped:
	case <-ctx.Done():
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if h.Shutdown(end) != nil {
			log.Warn("requests were cut that did not end in time", "grace", grace)
		}
		err = <-stopped
	}
	kept := journal.close(log)
	if err != nil {
		return cannot(lang.Text{En: "serve", ZhTW: "提供服務"}, err, lang.Text{})
	}
	return kept
}

func (f *serveFlags) log(env *environment) (*slog.Logger, error) {
	switch f.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(env.stderr, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(env.stderr, nil)), nil
	}
	return nil, misuse(lang.Text{
		En:   fmt.Sprintf("--log-format cannot be %q", f.logFormat),
		ZhTW: fmt.Sprintf("--log-format 不能是 %q", f.logFormat),
	}, lang.Text{En: "choose text or json", ZhTW: "請選 text 或 json"})
}

func (f *serveFlags) cannotOpen(err error) error {
	hint := lang.Text{}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		hint = lang.Text{
			En:   "another program has that port: choose one with --listen 127.0.0.1:PORT, or let one be chosen with --listen 127.0.0.1:0",
			ZhTW: "另一個程式占用了這個連接埠：請用 --listen 127.0.0.1:PORT 另選一個，或用 --listen 127.0.0.1:0 自動選擇"}
		for _, door := range []string{"proxy", "portal"} {
			if strings.HasPrefix(err.Error(), "open the "+door+":") {
				hint = lang.Text{
					En:   fmt.Sprintf("another program has the port of the %[1]s: choose one with --%[1]s-listen 127.0.0.1:PORT, or do without it: --%[1]s-listen off", door),
					ZhTW: fmt.Sprintf("另一個程式占用了 %[1]s 的連接埠：請用 --%[1]s-listen 127.0.0.1:PORT 另選一個；不需要的話，用 --%[1]s-listen off", door)}
			}
		}
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		hint = lang.Text{
			En:   "this machine has no such address: choose one that it has with --listen, or :PORT for all of them",
			ZhTW: "這部機器沒有這個位址：請用 --listen 選一個它有的，或用 :PORT 表示全部"}
	case errors.Is(err, os.ErrPermission):
		hint = lang.Text{
			En:   "choose a port above 1023 with --listen, or another folder with --data",
			ZhTW: "請用 --listen 選 1023 以上的連接埠，或用 --data 換一個資料夾"}
	}
	return cannot(lang.Text{En: "open the server", ZhTW: "啟動伺服器"}, err, hint)
}

// writeReady writes an object as JSON into a file for whoever waits for it.
func writeReady(path string, ready any) error {
	octets, err := json.Marshal(ready)
	if err != nil {
		return err
	}
	return writeWhole(path, string(octets)+"\n")
}

// greet tells a person where to go from here.
func (env *environment) greet(r house.Ready) {
	fmt.Fprintf(env.stdout, env.in(lang.Text{
		En: `statute is ready.
  the reference       %[1]s/
  a code for a cause  curl -i -X DELETE %[1]s/lab/page
  a code at once      curl -i %[1]s/status/503
  HTTP/2, HTTP/3      %[2]s (trust %[3]s, or use curl -k)
%[4]sStop it with Ctrl-C.
`,
		ZhTW: `statute 已就緒。
  參考文件            %[1]s/
  有原因的狀態碼      curl -i -X DELETE %[1]s/lab/page
  馬上要一個狀態碼    curl -i %[1]s/status/503
  HTTP/2、HTTP/3      %[2]s（請信任 %[3]s，或使用 curl -k）
%[4]s按 Ctrl-C 停止。
`}), r.HTTP, r.HTTPS, r.CA, env.doors(r))
}

// doors are the lines that tell of the proxy and of the interceptor.
func (env *environment) doors(r house.Ready) string {
	var lines string
	if r.Proxy != "" {
		lines += fmt.Sprintf(env.in(lang.Text{
			En:   "  through a proxy     curl -i --noproxy '' -x %s -U guest:guest %s/lab/page\n",
			ZhTW: "  經過代理伺服器      curl -i --noproxy '' -x %s -U guest:guest %s/lab/page\n"}), r.Proxy, r.HTTP)
	}
	if r.Portal != "" {
		lines += fmt.Sprintf(env.in(lang.Text{
			En:   "  a captive network   curl -i --connect-to ::%s http://tea.test/lab/page\n",
			ZhTW: "  強制登入的網路      curl -i --connect-to ::%s http://tea.test/lab/page\n"}), strings.TrimPrefix(r.Portal, "http://"))
	}
	return lines
}
