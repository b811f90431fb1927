package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
)

func newExplainCommand(env *environment) *cobra.Command {
	var (
		asJSON, order bool
		rule, topic   string
	)
	cmd := &cobra.Command{
		Use:     "explain [CODE...]",
		Short:   env.in(lang.Text{En: "what a status code means, offline", ZhTW: "離線查閱狀態碼的意思"}),
		Long:    env.in(explainHelp),
		Example: "statute explain 404\nstatute explain 499 299\nstatute explain --order\nstatute explain --topic caching\nstatute explain 429 --json",
		ValidArgsFunction: func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
			return completeCodes(env.lang, given, registered), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			codes, err := parseCodes(args)
			if err != nil {
				return err
			}
			subjects := 0
			byRule, byTopic := cmd.Flags().Changed("rule"), cmd.Flags().Changed("topic")
			for _, asked := range []bool{len(codes) > 0, order, byRule, byTopic} {
				if asked {
					subjects++
				}
			}
			if subjects > 1 || asJSON && (order || byRule || byTopic) {
				return misuse(lang.Text{
					En:   "codes, --order, --rule and --topic cannot be asked for together, and --json is for codes only",
					ZhTW: "狀態碼、--order、--rule 和 --topic 不能同時查，--json 只用於狀態碼",
				}, lang.Text{En: "ask for one thing at a time", ZhTW: "請一次查一樣"})
			}
			switch {
			case order:
				return env.explainOrder()
			case byRule:
				return env.explainRule(rule)
			case byTopic:
				return env.explainTopic(topic)
			case asJSON:
				return env.codesAsJSON(codes)
			case len(codes) == 0:
				return env.listCodes()
			}
			return env.explainCodes(codes)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, env.in(lang.Text{
		En: "print one JSON object a line for each code, in both languages", ZhTW: "每個狀態碼印一行 JSON 物件，兩種語言都在內"}))
	cmd.Flags().BoolVar(&order, "order", false, env.in(lang.Text{
		En: "show the order in which the server decides which code a request gets", ZhTW: "顯示伺服器依什麼次序決定請求得到哪個狀態碼"}))
	cmd.Flags().StringVar(&rule, "rule", "", env.in(lang.Text{
		En: "explain the lint rule called `NAME`", ZhTW: "說明名為 `NAME` 的檢查規則"}))
	cmd.Flags().StringVar(&topic, "topic", "", env.in(lang.Text{
		En: "explain what several codes have in common: the article called `NAME`", ZhTW: "說明多個狀態碼共同的機制：名為 `NAME` 的文章"}))
	cmd.RegisterFlagCompletionFunc("topic", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return manual.Topics(), cobra.ShellCompDirectiveNoFileComp
	})
	cmd.RegisterFlagCompletionFunc("rule", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return ruleNames(), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

var explainHelp = lang.Text{
	En: "Says what a status code means, who has to do what about it and how it comes about, in which scenes it can be seen (see `statute play`) and which lint rules look at it. For a code that is in no registry it says who uses it, and what a client makes of it; any whole number has an answer. Without a code it lists all registered ones.\n\n" +
		"With `--json` each line is an object. Its members stay; new ones may come:\n\n" +
		"- `code` (number), `registered` and `valid` (booleans; valid is 100 to 599), `class` (\"Client Error\"), `treat_as` (number, the code as which a client handles it, RFC 9110 §15) and `links` (objects with `rel`, `href` and sometimes `title`) are always there.\n" +
		"- `name`, `old_names`, `specs`, `topic`, `maturity`, `appears`, `content`, `store`, `repeat` and `needs` (objects with `field`, `level` and `when`) are there for registered codes.\n" +
		"- `summary`, the first paragraph of the code's page as Markdown, is there for registered codes too, and so is `duties`: objects with `role` (`server`, `client`, `cache` or `intermediary`), `levels`, `text` and `spec`.\n" +
		"- `scenes` lists where the code happens for its cause: objects with `name`, `over` (`h1`, `h2`, `h3`) and `cause`. It is absent where there are none; `sceneless` then says why, if that is on purpose.\n" +
		"- `rules` lists the lint rules for this code in particular: objects with `name`, `level` (`must`, `should`, `definition` or `advice`) and `spec`. It is absent where there are none.\n" +
		"- `browsers` is there for 103, 308 and 425: `source`, and `features` that say from which version on a browser supports them.\n" +
		"- `private` lists uses outside the registry: objects with `name`, `users` and `meaning`.\n\n" +
		"Texts for people (`name` of a code, `when`, `summary`, `text`, `cause`, `note`, `meaning`) are objects with the members `en` and `zh-TW`; other names are strings. `statute serve` has the same objects at `/codes.json`, and their JSON Schema at `/codes.schema.json`; paths in `links` are those of such a server.",
	ZhTW: "說明狀態碼的意思、各方該做什麼、它如何發生、在哪些場景看得到（見 `statute play`），以及哪些規則會檢查它。不在註冊表裡的狀態碼，則說明誰在用它，以及用戶端該如何看待；任何整數都有答案。沒有給狀態碼時，列出所有已註冊的。\n\n" +
		"加上 `--json`，每一行是一個物件。既有的成員不會改變，日後可能增加：\n\n" +
		"- `code`（數字）、`registered` 和 `valid`（布林值；100 到 599 才有效）、`class`（例如 \"Client Error\"）、`treat_as`（數字，用戶端把它當成哪個狀態碼，RFC 9110 §15）和 `links`（由 `rel`、`href` 組成的物件，有時還有 `title`）一定會有。\n" +
		"- `name`、`old_names`、`specs`、`topic`、`maturity`、`appears`、`content`、`store`、`repeat` 和 `needs`（由 `field`、`level`、`when` 組成的物件）：已註冊的狀態碼才有。\n" +
		"- `summary`：該頁的第一段，Markdown 格式，同樣是已註冊的狀態碼才有；`duties` 也是如此：由 `role`（`server`、`client`、`cache` 或 `intermediary`）、`levels`、`text`、`spec` 組成的物件。\n" +
		"- `scenes`：這個狀態碼因其原因發生的場景，由 `name`、`over`（`h1`、`h2`、`h3`）、`cause` 組成的物件。沒有場景時不出現；若是刻意沒有，由 `sceneless` 說明原因。\n" +
		"- `rules`：專門檢查這個狀態碼的規則，由 `name`、`level`（`must`、`should`、`definition` 或 `advice`）、`spec` 組成的物件。沒有規則時不出現。\n" +
		"- `browsers`：103、308、425 才有；含 `source`，以及 `features`，說明各瀏覽器從哪個版本起支援。\n" +
		"- `private`：註冊表以外的用法，由 `name`、`users`、`meaning` 組成的物件。\n\n" +
		"給人看的文字（狀態碼的 `name`，以及 `when`、`summary`、`text`、`cause`、`note`、`meaning`）是含有 `en` 和 `zh-TW` 兩個成員的物件；其他名稱都是字串。`statute serve` 在 `/codes.json` 提供同樣的物件，在 `/codes.schema.json` 提供它們的 JSON Schema；`links` 裡的路徑就是這個伺服器的路徑。",
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)

// parseCodes takes any whole number, since a client can be sent any.
func parseCodes(args []string) ([]status.Code, error) {
	var codes []status.Code
	for _, arg := range args {
		n, err := strconv.Atoi(arg)
		if err != nil || !wholeNumber.MatchString(arg) {
			return nil, misuse(lang.Text{
				En:   fmt.Sprintf("%q is no status code", arg),
				ZhTW: fmt.Sprintf("%q 不是狀態碼", arg),
			}, lang.Text{
				En:   "give a whole number such as 404; statute explain lists those that are registered",
				ZhTW: "請給整數，例如 404；statute explain 會列出已註冊的狀態碼",
			})
		}
		codes = append(codes, status.Code(n))
	}
	return codes, nil
}

// separateNegative moves the numbers that follow the verb explain behind "--"
// if one of them is negative, so that -1 is a code and not a flag.
func separateNegative(args []string) []string {
	verb := slices.Index(args, "explain")
	if verb < 0 {
		return args
	}
	var others, numbers []string
	negative := false
	for i, arg := range args {
		switch {
		case arg == "--":
			return args
		case i > verb && wholeNumber.MatchString(arg):
			numbers = append(numbers, arg)
			negative = negative || arg[0] == '-'
		default:
			others = append(others, arg)
		}
	}
	if !negative {
		return args
	}
	return slices.Concat(others, []string{"--"}, numbers)
}

func registered(c status.Code) bool {
	_, ok := status.Get(c)
	return ok
}

// completeCodes lists the codes that were not given yet, with their names.
func completeCodes(l lang.Tag, given []string, takes func(status.Code) bool) []string {
	var all []string
	for _, e := range status.Table {
		if takes(e.Code) && !slices.Contains(given, e.Code.String()) {
			_, name, _ := strings.Cut(nameOf(e.Code, l), " ")
			all = append(all, cobra.CompletionWithDesc(e.Code.String(), name))
		}
	}
	return all
}

func (env *environment) explainCodes(codes []status.Code) error {
	var b strings.Builder
	for i, c := range codes {
		if i > 0 {
			b.WriteByte('\n')
		}
		m := status.Lookup(c)
		if m.Entry == nil {
			env.writeUnregistered(&b, m)
		} else if err := env.writeRegistered(&b, m); err != nil {
			return err
		}
	}
	io.WriteString(env.stdout, b.String())
	return nil
}

func (env *environment) writeRegistered(b *strings.Builder, m status.Meaning) error {
	t := env.terminal()
	t.wrap(b, "", "", span{nameOf(m.Code, env.lang), strongStyle})
	b.WriteByte('\n')
	t.table(b, "", env.factRows(m))
	b.WriteByte('\n')
	page, err := manual.Page(m.Code, env.lang)
	if err != nil {
		return cannot(lang.Text{En: "explain " + m.Code.String(), ZhTW: "說明 " + m.Code.String()}, err,
			lang.Text{En: "this is a mistake in the program; please report it", ZhTW: "這是程式的錯誤，請回報"})
	}
	b.WriteString(t.markdown(page.Summary + "\n\n" + page.Body))
	env.writeBrowsers(b, m.Code)
	env.writeScenes(b, m.Code)
	env.writeRules(b, m.Code)
	env.writeTopics(b, m.Code)
	return nil
}

// writeUnregistered says of a code that nobody registered who uses it, and
// what a client makes of it.
func (env *environment) writeUnregistered(b *strings.Builder, m status.Meaning) {
	t := env.terminal()
	remark := lang.Text{En: " (non-standard)", ZhTW: "（非標準）"}
	if !m.Code.Valid() {
		remark = lang.Text{En: " (not a valid code)", ZhTW: "（無效的代碼）"}
	}
	b.WriteString(t.paint(strongStyle, m.Code.String()+env.in(remark)) + "\n\n")
	about := lang.Text{En: "In no registry, and nobody is known to use it.", ZhTW: "不在註冊表裡，也沒聽說有誰使用。"}
	if len(m.Private) > 0 {
		about = lang.Text{En: "In no registry. It is used by:", ZhTW: "不在註冊表裡。使用者有："}
	}
	t.wrap(b, bodyIndent, bodyIndent, span{env.in(about), plainStyle})
	b.WriteByte('\n')
	for _, p := range m.Private {
		t.wrap(b, bodyIndent+"- ", bodyIndent+"  ",
			span{strings.Join(p.Users, env.comma()), strongStyle},
			span{env.colon() + p.Name + env.in(lang.Text{En: ". ", ZhTW: "。"}), plainStyle},
			span{env.in(lang.Text{En: p.En, ZhTW: p.ZhTW}), plainStyle})
	}
	if len(m.Private) > 0 {
		b.WriteByte('\n')
	}
	t.wrap(b, bodyIndent, bodyIndent, span{env.in(clientView(m)), plainStyle})
}

// clientView says what a client does with a code that it does not know.
//
// RFC 9110 §15: it takes it for the x00 of its class, and what is outside
// 100-599 for a server error.
func clientView(m status.Meaning) lang.Text {
	en, zh := nameOf(m.TreatAs, lang.En), nameOf(m.TreatAs, lang.ZhTW)
	if m.Code.Valid() {
		return lang.Text{
			En:   fmt.Sprintf("A client that does not know it must treat it as %s, the x00 of its class (RFC 9110 §15).", en),
			ZhTW: fmt.Sprintf("不認得它的用戶端必須把它當成 %s，也就是同類別的 x00（RFC 9110 §15）。", zh)}
	}
	return lang.Text{
		En:   fmt.Sprintf("Outside 100 to 599, so not valid in HTTP. A client that is sent it should treat it as a server error, like %s (RFC 9110 §15).", en),
		ZhTW: fmt.Sprintf("超出 100 到 599，在 HTTP 裡無效。收到它的用戶端應該當成伺服器錯誤，如同 %s（RFC 9110 §15）。", zh)}
}
