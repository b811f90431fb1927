package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/house"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/serve"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
	"github.com/statute-http/statute/wire/peer"
)

// playFlags are what `statute play` can be told.
type playFlags struct {
	all, json bool
	over      []string
	at        string
}

func newPlayCommand(env *environment) *cobra.Command {
	var f playFlags
	cmd := &cobra.Command{
		Use: "play [CODE...]",
		Short: env.in(lang.Text{
			En:   "make a code happen for its cause, and not without it, and show both messages",
			ZhTW: "讓狀態碼因其原因發生，去掉原因就不發生，並顯示雙方的訊息"}),
		Long: env.in(lang.Text{
			En: `Play the scenes of a code: first the cue, which brings its cause about, then the control, which differs in one thing. Both are shown as they crossed the wire.

Without --at the scenes are played against a server that is opened for them alone, with time limits of a second. With --at they are played against a running one, whose own time limits hold: its 408s take as long as those. The certificate of that server is taken from the server itself.

With --json each line is an object: {"code","scene","over","ok","cue":[statuses],"control":[statuses],"reason"}; ok is null where the protocol does not allow the scene, and reason says why.`,
			ZhTW: `演出某個狀態碼的場景：先演「引子」帶出它的原因，再演只差一處的「對照」。兩者都照實際在線路上傳送的樣子顯示。

沒有 --at 時，會另開一個專用伺服器來演出，時限都是一秒。有 --at 時，對執行中的伺服器演出，並以它自己的時限為準，所以 408 會等那麼久。該伺服器的憑證由它自己提供。

使用 --json 時，每行是一個物件：{"code","scene","over","ok","cue":[狀態碼],"control":[狀態碼],"reason"}；協定不允許該場景時 ok 為 null，reason 說明原因。`}),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), env, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.all, "all", false, env.in(lang.Text{En: "play every scene", ZhTW: "演出所有場景"}))
	flags.StringSliceVar(&f.over, "over", []string{"h1"}, env.in(lang.Text{
		En:   "play over these `PROTOCOLS`: h1, h2, h3, separated by commas",
		ZhTW: "透過這些協定 `PROTOCOLS` 演出：h1、h2、h3，以逗號分隔"}))
	flags.StringVar(&f.at, "at", "", env.in(lang.Text{
		En:   "play against the statute server at `URL`",
		ZhTW: "對位於 `URL` 的 statute 伺服器演出"}))
	flags.BoolVar(&f.json, "json", false, env.in(lang.Text{En: "print one JSON object a line", ZhTW: "每行印出一個 JSON 物件"}))
	return cmd
}

func (f *playFlags) run(ctx context.Context, env *environment, args []string) error {
	scenes, err := f.scenes(args)
	if err != nil {
		return err
	}
	protocols, err := f.protocols()
	if err != nil {
		return err
	}
	player, closeHouse, err := f.player(ctx)
	if err != nil {
		return err
	}
	defer closeHouse()
	untrue := 0
	print := env.printPerformance
	switch {
	case f.json:
		print = env.encodePerformance
	case f.all:
		print = env.summarizePerformance
	}
	for p := range performAll(ctx, player, scenes, protocols) {
		if p.Allowed && !p.True() {
			untrue++
		}
		print(p)
	}
	if untrue > 0 {
		return errFindings
	}
	return ctx.Err()
}

// scenes returns what is to be played.
func (f *playFlags) scenes(args []string) ([]stage.Scene, error) {
	if f.all == (len(args) > 0) {
		return nil, misuse(
			lang.Text{En: "name the codes to play, or say --all", ZhTW: "請指定要演出的狀態碼，或使用 --all"},
			lang.Text{En: "for instance: statute play 404", ZhTW: "例如：statute play 404"})
	}
	if f.all {
		return stage.All, nil
	}
	var scenes []stage.Scene
	for _, arg := range args {
		code, err := strconv.Atoi(arg)
		found := stage.Of(status.Code(code))
		if err != nil || len(found) == 0 {
			return nil, misuse(
				lang.Text{En: fmt.Sprintf("there is no scene for %q", arg), ZhTW: fmt.Sprintf("沒有 %q 的場景", arg)},
				lang.Text{En: "there are scenes for " + scenery(), ZhTW: "有場景的狀態碼：" + scenery()})
		}
		scenes = append(scenes, found...)
	}
	return scenes, nil
}

// scenery lists the codes that have scenes.
func scenery() string {
	var codes []string
	for _, e := range status.Table {
		if len(stage.Of(e.Code)) > 0 {
			codes = append(codes, e.Code.String())
		}
	}
	return strings.Join(codes, " ")
}

func (f *playFlags) protocols() ([]wire.Protocol, error) {
	var protocols []wire.Protocol
	for _, name := range f.over {
		switch p := wire.Protocol(name); p {
		case wire.H1, wire.H2, wire.H3:
			protocols = append(protocols, p)
		default:
			return nil, misuse(lang.Text{
				En:   fmt.Sprintf("the flag --over cannot have %q: choose among h1, h2 and h3", name),
				ZhTW: fmt.Sprintf("選項 --over 不能是 %q：請從 h1、h2、h3 中選擇", name)}, lang.Text{})
		}
	}
	return protocols, nil
}

// player returns who plays: against the server at --at, or against one opened
// for the purpose, which has to be closed.
func (f *playFlags) player(ctx context.Context) (player *play.Player, closeHouse func(), err error) {
	if f.at != "" {
		player, err := playerAt(ctx, f.at)
		return player, func() {}, err
	}
	h, err := house.Open(house.Config{Limits: serve.Limits{First: time.Second, Head: time.Second, Stall: time.Second}})
	if err != nil {
		return nil, nil, cannot(lang.Text{En: "open a server to play against", ZhTW: "開啟演出用的伺服器"}, err, lang.Text{})
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		h.Serve()
	}()
	closeHouse = func() {
		end, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		h.Shutdown(end)
		<-served
	}
	return &play.Player{Address: h.Address(), TLS: h.Trust()}, closeHouse, nil
}

// playerAt asks the server at the URL for its certificate authority.
func playerAt(ctx context.Context, at string) (*play.Player, error) {
	u, err := url.Parse(at)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, misuse(lang.Text{
			En:   fmt.Sprintf("the flag --at cannot be %q: give a URL such as http://127.0.0.1:8080", at),
			ZhTW: fmt.Sprintf("選項 --at 不能是 %q：請給 URL，例如 http://127.0.0.1:8080", at)}, lang.Text{})
	}
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	trust, err := fetchAuthority(ctx, "http://"+address+"/ca.pem")
	if err != nil {
		return nil, cannot(
			lang.Text{En: "ask " + at + " for its certificate authority", ZhTW: "向 " + at + " 取得憑證機構"}, err,
			lang.Text{En: "is it a statute server, and does it run? Start one with: statute serve",
				ZhTW: "它是執行中的 statute 伺服器嗎？可以這樣啟動：statute serve"})
	}
	return &play.Player{Address: address, TLS: trust, Secure: u.Scheme == "https"}, nil
}

func fetchAuthority(ctx context.Context, from string) (*tls.Config, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	octets, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if answer.StatusCode != http.StatusOK || !roots.AppendCertsFromPEM(octets) {
		return nil, errors.New(from + " is no certificate")
	}
	return &tls.Config{RootCAs: roots}, nil
}

// performAll plays several scenes at a time and yields them in order.
func performAll(ctx context.Context, player *play.Player, scenes []stage.Scene, protocols []wire.Protocol) func(func(*play.Performance) bool) {
	const atOnce = 8
	return func(yield func(*play.Performance) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		results := make([]chan *play.Performance, len(scenes)*len(protocols))
		places := make(chan struct{}, atOnce)
		var players sync.WaitGroup
		defer players.Wait()
		for i := range results {
			results[i] = make(chan *play.Performance, 1)
			players.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				results[i] <- player.Play(ctx, &scenes[i/len(protocols)], protocols[i%len(protocols)])
			})
		}
		for _, result := range results {
			if !yield(<-result) {
				cancel()
				return
			}
		}
	}
}

// A performanceJSON is one line of --json.
type performanceJSON struct {
	Code    status.Code   `json:"code"`
	Scene   string        `json:"scene"`
	Over    wire.Protocol `json:"over"`
	OK      *bool         `json:"ok"` // null where the protocol does not allow the scene
	Cue     []status.Code `json:"cue"`
	Control []status.Code `json:"control"`
	Reason  string        `json:"reason"`
}

func (env *environment) encodePerformance(p *play.Performance) {
	line := performanceJSON{
		Code: p.Scene.Code, Scene: p.Scene.Name, Over: p.Over,
		Cue: play.Statuses(p.Cue), Control: play.Statuses(p.Control), Reason: env.outcome(p),
	}
	if p.Allowed {
		ok := p.True()
		line.OK = &ok
	}
	json.NewEncoder(env.stdout).Encode(line)
}

// outcome says in a sentence what became of a scene.
func (env *environment) outcome(p *play.Performance) string {
	switch {
	case !p.Allowed:
		return env.in(p.Scene.Only)
	case p.Err != nil:
		return p.Err.Error()
	}
	return env.in(p.Scene.Cause)
}

// summarizePerformance prints one line, and the messages of a scene that did
// not come true.
func (env *environment) summarizePerformance(p *play.Performance) {
	mark := env.in(lang.Text{En: "true  ", ZhTW: "成真"})
	switch {
	case !p.Allowed:
		mark = env.in(lang.Text{En: "n/a   ", ZhTW: "不適用"})
	case p.Err != nil:
		mark = env.in(lang.Text{En: "UNTRUE", ZhTW: "未成真"})
	}
	fmt.Fprintf(env.stdout, "%s  %s  %s  %s", mark, p.Over, p.Scene.Code, p.Scene.Name)
	if !p.True() {
		fmt.Fprintf(env.stdout, ": %s", env.outcome(p))
	}
	fmt.Fprintln(env.stdout)
	if p.Err != nil {
		env.printMessages(p)
	}
}

// printPerformance prints the scene and its messages.
func (env *environment) printPerformance(p *play.Performance) {
	fmt.Fprintf(env.stdout, "%s %s (%s)\n%s\n", p.Scene.Code, p.Scene.Name, p.Over, env.in(p.Scene.Cause))
	if !p.Allowed {
		fmt.Fprintf(env.stdout, "%s%s\n\n", env.in(lang.Text{En: "Not over this protocol: ", ZhTW: "此協定不適用："}), env.outcome(p))
		return
	}
	env.printMessages(p)
	verdict := env.in(lang.Text{En: "It came true.", ZhTW: "成真了。"})
	if p.Err != nil {
		verdict = env.in(lang.Text{En: "It did not come true: ", ZhTW: "沒有成真："}) + p.Err.Error()
	}
	fmt.Fprintf(env.stdout, "%s\n\n", verdict)
}

func (env *environment) printMessages(p *play.Performance) {
	show := func(title string, exchanges []*wire.Exchange) {
		for i, x := range exchanges {
			fmt.Fprintf(env.stdout, "\n--- %s %d\n", title, i+1)
			peer.Print(env.stdout, x, env.lang)
		}
	}
	show(env.in(lang.Text{En: "cue", ZhTW: "引子"}), p.Cue)
	show(env.in(lang.Text{En: "control: ", ZhTW: "對照："})+env.in(p.Scene.Differs), p.Control)
	fmt.Fprintln(env.stdout)
}
