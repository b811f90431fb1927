package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/stage"
	"github.com/statute-http/statute/stage/play"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
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
		Long:    env.in(playHelp),
		Example: "statute play 404\nstatute play 100 103 --over h1,h2,h3\nstatute play --all --json\nstatute play 405 --at http://127.0.0.1:8080",
		ValidArgsFunction: func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
			return completeCodes(env.lang, given, staged), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), env, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.all, "all", false, env.in(lang.Text{
		En:   "play every scene, a line for each; the messages of those that do not come true",
		ZhTW: "演出所有場景，各印一行；沒有成真的另附訊息"}))
	flags.StringSliceVar(&f.over, "over", []string{"h1"}, env.in(lang.Text{
		En:   "play over these `PROTOCOLS`: h1, h2, h3, separated by commas",
		ZhTW: "透過這些協定 `PROTOCOLS` 演出：h1、h2、h3，以逗號分隔"}))
	flags.StringVar(&f.at, "at", "", env.in(lang.Text{
		En:   "play against the statute server at `URL`",
		ZhTW: "對位於 `URL` 的 statute 伺服器演出"}))
	flags.BoolVar(&f.json, "json", false, env.in(lang.Text{En: "print one JSON object a line", ZhTW: "每行印出一個 JSON 物件"}))
	cmd.RegisterFlagCompletionFunc("over", cobra.FixedCompletions(protocolNames(wire.Protocols), cobra.ShellCompDirectiveNoFileComp))
	cmd.RegisterFlagCompletionFunc("at", cobra.NoFileCompletions)
	return cmd
}

var playHelp = lang.Text{
	En: "Plays the scenes of a code: first the cue, which brings its cause about, then the control, which differs in that one thing and does not get the code. Both are shown as they crossed the wire: lines of the request after `>`, of the answers after `<`, remarks after `*`. A scene came true if every step got the status, the interim answers and the evidence that it states. The exit code is 1 if one did not.\n\n" +
		"Without `--at` the scenes are played against a server that is opened for them alone, with time limits of a second. With `--at` they are played against a running one, whose own time limits hold: a 408 takes as long as those. The address may be http or https; over https HTTP/1.1 and HTTP/2 are spoken over TLS. The server itself is asked for the certificate of its authority, at /ca.pem.\n\n" +
		"With `--json` each line is an object. Its members stay; new ones may come:\n\n" +
		"- `code` (number), `scene` (its name) and `over` (`h1`, `h2` or `h3`) say what was played.\n" +
		"- `ok` is true if the scene came true, false if not, null if the protocol does not allow it.\n" +
		"- `cue` and `control` list the statuses of all answers in order, interim ones too: 100 and 201 are `[100,201]`. They are empty if nothing was played.\n" +
		"- `reason` is a sentence: the cause, or what was not as stated, or why the protocol does not allow the scene.",
	ZhTW: "演出某個狀態碼的場景：先演「引子」帶出它的原因，再演只差這一處、因此得不到該狀態碼的「對照」。兩者都照實際在線路上傳送的樣子顯示：`>` 之後是請求，`<` 之後是回應，`*` 之後是附註。每一步的狀態碼、過渡回應和佐證都與場景所述相符，才算成真。只要有一個場景沒有成真，結束代碼就是 1。\n\n" +
		"沒有 `--at` 時，會另開一個專用伺服器來演出，時限都是一秒。有 `--at` 時，對執行中的伺服器演出，並以它自己的時限為準，所以 408 會等那麼久。位址可以是 http 或 https；用 https 時，HTTP/1.1 和 HTTP/2 都走 TLS。憑證機構的憑證向該伺服器的 /ca.pem 索取。\n\n" +
		"加上 `--json`，每一行是一個物件。既有的成員不會改變，日後可能增加：\n\n" +
		"- `code`（數字）、`scene`（場景名稱）和 `over`（`h1`、`h2` 或 `h3`）說明演了什麼。\n" +
		"- `ok`：成真為 true，沒有成真為 false，協定不允許該場景則為 null。\n" +
		"- `cue`（引子）和 `control`（對照）依序列出所有回應的狀態碼，過渡回應也在內：100 和 201 就是 `[100,201]`。沒有演出時是空的。\n" +
		"- `reason` 是一句話：原因，或與場景所述不符之處，或協定為什麼不允許該場景。",
}

func (f *playFlags) run(ctx context.Context, env *environment, args []string) error {
	scenes, err := f.scenes(args)
	if err != nil {
		return err
	}
	protocols, err := protocolsOf(f.over)
	if err != nil {
		return err
	}
	player, closeHouse, err := f.player(ctx)
	if err != nil {
		return err
	}
	defer closeHouse()
	show := env.printPerformance
	switch {
	case f.json:
		show = env.encodePerformance
	case f.all:
		line := env.newProgress(len(scenes)*len(protocols), lang.Text{En: "%d of %d plays", ZhTW: "已演出 %d／%d"})
		defer line.end()
		show = func(p *play.Performance) { line.step(func() { env.summarizePerformance(p) }) }
	}
	untrue := 0
	for p := range performAll(ctx, player, scenes, protocols) {
		if ctx.Err() != nil {
			return cannot(lang.Text{En: "play", ZhTW: "演出"}, errors.New("it was interrupted before its end"),
				lang.Text{En: "what is printed above was played to its end", ZhTW: "以上印出的都已演完"})
		}
		if p.Allowed && !p.True() {
			untrue++
		}
		show(p)
	}
	if untrue > 0 {
		return errFindings
	}
	return nil
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
		if err != nil || arg != strconv.Itoa(code) || !staged(status.Code(code)) {
			instead := lang.Text{En: "there are scenes for " + scenery(), ZhTW: "有場景的狀態碼：" + scenery()}
			if why, ok := stage.Sceneless[status.Code(code)]; ok {
				instead = why
			}
			return nil, misuse(lang.Text{En: fmt.Sprintf("there is no scene for %q", arg), ZhTW: fmt.Sprintf("沒有 %q 的場景", arg)}, instead)
		}
		scenes = append(scenes, stage.Of(status.Code(code))...)
	}
	return scenes, nil
}

// staged reports whether a code has scenes.
func staged(c status.Code) bool { return len(stage.Of(c)) > 0 }

// scenery lists the codes that have scenes.
func scenery() string {
	var codes []string
	for _, e := range status.Table {
		if staged(e.Code) {
			codes = append(codes, e.Code.String())
		}
	}
	return strings.Join(codes, " ")
}

func protocolNames(protocols []wire.Protocol) []string {
	var names []string
	for _, p := range protocols {
		names = append(names, string(p))
	}
	return names
}

// protocolsOf reads --over: each protocol once.
func protocolsOf(over []string) ([]wire.Protocol, error) {
	among := lang.Text{
		En:   "choose among " + strings.Join(protocolNames(wire.Protocols), ", "),
		ZhTW: "請從 " + strings.Join(protocolNames(wire.Protocols), "、") + " 中選擇"}
	var protocols []wire.Protocol
	for _, name := range over {
		p := wire.Protocol(name)
		if !slices.Contains(wire.Protocols, p) {
			return nil, misuse(lang.Text{
				En:   fmt.Sprintf("--over cannot have %q", name),
				ZhTW: fmt.Sprintf("--over 不能是 %q", name)}, among)
		}
		if !slices.Contains(protocols, p) {
			protocols = append(protocols, p)
		}
	}
	if len(protocols) == 0 {
		return nil, misuse(lang.Text{En: "--over names no protocol", ZhTW: "--over 沒有指定協定"}, among)
	}
	return protocols, nil
}

// performAll plays several scenes at a time and yields them in order.
func performAll(ctx context.Context, player *play.Player, scenes []stage.Scene, protocols []wire.Protocol) func(func(*play.Performance) bool) {
	const atOnce = 8
	return func(yield func(*play.Performance) bool) {
		ctx, cancel := context.WithCancel(ctx)
		results := make([]chan *play.Performance, len(scenes)*len(protocols))
		for i := range results {
			results[i] = make(chan *play.Performance, 1)
		}
		var (
			players sync.WaitGroup
			taken   atomic.Int64
		)
		for range atOnce {
			players.Go(func() {
				for i := taken.Add(1) - 1; i < int64(len(results)); i = taken.Add(1) - 1 {
					scene, over := &scenes[i/int64(len(protocols))], protocols[i%int64(len(protocols))]
					results[i] <- player.Play(ctx, scene, over)
				}
			})
		}
		defer players.Wait()
		defer cancel()
		for _, result := range results {
			if !yield(<-result) {
				return
			}
		}
	}
}
