package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/serve"
)

// serveFlags are what `statute serve` can be told.
type serveFlags struct {
	listen, data, ready, logFormat string
	limits                         serve.Limits
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
		Long: env.in(lang.Text{
			En: `Serve the lab, the posed answers and the reference over HTTP/1.1, HTTP/2 and HTTP/3, all at one address: a TCP port that tells TLS, HTTP/1.1 and HTTP/2 in the clear apart, and the UDP port of the same number.

It runs until it is interrupted; requests that are under way may then end. Where everything is stands at /.well-known/statute.`,
			ZhTW: `在同一個位址以 HTTP/1.1、HTTP/2 與 HTTP/3 提供實驗室、擺拍回應與參考文件：同一個 TCP 連接埠能分辨 TLS、HTTP/1.1 與明文 HTTP/2，HTTP/3 則使用相同號碼的 UDP 連接埠。

執行到被中斷為止，進行中的請求仍可做完。各項服務的位置寫在 /.well-known/statute。`}),
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), env) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", env.in(lang.Text{
		En:   "listen on `ADDRESS`, host and port; port 0 chooses a free one",
		ZhTW: "監聽 `ADDRESS`（主機與連接埠）；連接埠 0 表示任選一個空的"}))
	flags.StringVar(&f.data, "data", "", env.in(lang.Text{
		En:   "keep what has to last in `DIR`; without it, in the user's state folder",
		ZhTW: "把需要保存的東西放在 `DIR`；沒有指定時，放在使用者的狀態資料夾"}))
	flags.StringVar(&f.ready, "ready", "", env.in(lang.Text{
		En:   "write where everything is to `FILE`, as JSON, once all ports listen",
		ZhTW: "所有連接埠都開始監聽後，把各項服務的位置以 JSON 寫入 `FILE`"}))
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
	flags.DurationVar(&f.limits.Idle, "idle-time", time.Minute, env.in(lang.Text{
		En:   "close a connection that has been idle for `TIME`",
		ZhTW: "連線閒置 `TIME` 後關閉"}))
	flags.IntVar(&f.limits.Connections, "max-connections", 20_000, env.in(lang.Text{
		En:   "hold at most `NUMBER` connections",
		ZhTW: "最多同時維持 `NUMBER` 條連線"}))
	flags.IntVar(&f.limits.ConnectionsPerAddress, "max-connections-per-address", 1024, env.in(lang.Text{
		En:   "hold at most `NUMBER` connections of one address",
		ZhTW: "同一個位址最多同時維持 `NUMBER` 條連線"}))
	return cmd
}

func (f *serveFlags) run(ctx context.Context, env *environment) error {
	log, err := f.log(env)
	if err != nil {
		return err
	}
	if f.data == "" {
		if f.data, err = stateDir(env.getenv); err != nil {
			return err
		}
	}
	h, err := house.Open(house.Config{Listen: f.listen, Data: f.data, Lang: env.lang, Limits: f.limits, Log: log})
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
	if err != nil {
		return cannot(lang.Text{En: "serve", ZhTW: "提供服務"}, err, lang.Text{})
	}
	return nil
}

func (f *serveFlags) log(env *environment) (*slog.Logger, error) {
	switch f.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(env.stderr, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(env.stderr, nil)), nil
	}
	return nil, misuse(lang.Text{
		En:   fmt.Sprintf("the flag --log-format cannot be %q: choose text or json", f.logFormat),
		ZhTW: fmt.Sprintf("選項 --log-format 不能是 %q：請選 text 或 json", f.logFormat)}, lang.Text{})
}

func (f *serveFlags) cannotOpen(err error) error {
	hint := lang.Text{}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		hint = lang.Text{
			En:   "another program has that port: choose one with --listen 127.0.0.1:PORT, or let one be chosen with --listen 127.0.0.1:0",
			ZhTW: "另一個程式占用了這個連接埠：請用 --listen 127.0.0.1:PORT 另選一個，或用 --listen 127.0.0.1:0 自動選擇"}
	case errors.Is(err, os.ErrPermission):
		hint = lang.Text{
			En:   "choose a port above 1023 with --listen, or another folder with --data",
			ZhTW: "請用 --listen 選 1023 以上的連接埠，或用 --data 換一個資料夾"}
	}
	return cannot(lang.Text{En: "open the server", ZhTW: "啟動伺服器"}, err, hint)
}

// writeReady writes the file whole or not at all: whoever waits for it reads it
// the moment that it is there.
func writeReady(path string, ready house.Ready) error {
	octets, err := json.Marshal(ready)
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".ready-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if _, err := temp.Write(append(octets, '\n')); err != nil {
		temp.Close()
		return err
	}
	if err := temp.Close(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// greet tells a person where to go from here.
func (env *environment) greet(r house.Ready) {
	fmt.Fprintf(env.stdout, env.in(lang.Text{
		En: `statute is ready.
  the reference       %[1]s/
  a code for a cause  curl -i -X DELETE %[1]s/lab/page
  a code at once      curl -i %[1]s/status/503
  HTTP/2, HTTP/3      %[2]s (trust %[3]s, or use curl -k)
Stop it with Ctrl-C.
`,
		ZhTW: `statute 已就緒。
  參考文件            %[1]s/
  有原因的狀態碼      curl -i -X DELETE %[1]s/lab/page
  馬上要一個狀態碼    curl -i %[1]s/status/503
  HTTP/2、HTTP/3      %[2]s（請信任 %[3]s，或使用 curl -k）
按 Ctrl-C 停止。
`}), r.HTTP, r.HTTPS, r.CA)
}
