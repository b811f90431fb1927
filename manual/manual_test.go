package manual_test

import (
	"errors"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/manual"
	"github.com/statute-http/statute/status"
)

// The sections of a page, in order.
var sections = map[lang.Tag][]string{
	lang.En:   {"What it means", "Who must do what", "Usual mistakes", "Protocol versions", "How to bring it about"},
	lang.ZhTW: {"意思", "誰該做什麼", "常見錯誤", "各版本的差別", "如何讓它發生"},
}

var roles = map[lang.Tag][]string{
	lang.En:   {"Server", "Client", "Cache", "Intermediary"},
	lang.ZhTW: {"伺服器", "用戶端", "快取", "中介者"},
}

// The requirement words; equal places in the two lists bind equally.
var levels = map[lang.Tag][]string{
	lang.En:   {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"},
	lang.ZhTW: {"必須", "不得", "應該", "不應", "可以"},
}

// What is said of a role to which the code brings no duty; the general ones,
// such as to forward what one does not know, hold for every code.
var nothing = map[lang.Tag]string{
	lang.En:   ": nothing of its own; what holds for every code holds here too.",
	lang.ZhTW: "：沒有專屬的要求，對所有狀態碼都成立的規則在這裡同樣成立。",
}

var roleMark = map[lang.Tag]string{lang.En: ": ", lang.ZhTW: "："}

// Words that are written differently in Taiwan; with each, what to write.
var elsewhere = map[string]string{
	"服務器": "伺服器", "客戶端": "用戶端", "響應": "回應", "緩存": "快取", "重定向": "重新導向",
	"默認": "預設", "信息": "資訊、訊息", "網絡": "網路", "字節": "位元組、八位元組", "支持": "支援",
	"程序": "程式", "數據": "資料", "接口": "介面", "字符": "字元", "內存": "記憶體", "帶寬": "頻寬",
	"鏈接": "連結", "加載": "載入", "調用": "呼叫", "隊列": "佇列", "線程": "執行緒", "異步": "非同步",
	"兼容": "相容", "登錄": "登入", "設置": "設定", "創建": "建立", "質量": "品質", "代碼": "程式碼、狀態碼",
	"對象": "物件、對象是誰", "變量": "變數", "函數庫": "函式庫", "返回": "回傳", "地址欄": "網址列",
	"視頻": "影片", "用戶名": "使用者名稱", "超時": "逾時", "請求頭": "請求標頭", "網關": "閘道", "當前": "目前",
}

func pages(t *testing.T, check func(*testing.T, status.Code, lang.Tag, manual.Article)) {
	t.Helper()
	codes := manual.Codes()
	if len(codes) == 0 {
		t.Fatal("no pages are embedded")
	}
	for _, c := range codes {
		for _, l := range lang.All {
			t.Run(c.String()+"."+string(l), func(t *testing.T) {
				a, err := manual.Page(c, l)
				if err != nil {
					t.Fatal(err)
				}
				check(t, c, l, a)
			})
		}
	}
}

func TestTitles(t *testing.T) {
	pages(t, func(t *testing.T, c status.Code, l lang.Tag, a manual.Article) {
		e, ok := status.Get(c)
		if !ok {
			t.Fatalf("%s is not registered", c)
		}
		want := c.String() + " " + e.Name
		if l == lang.ZhTW {
			want += " " + e.NameZhTW
		}
		if a.Title != want {
			t.Errorf("title %q, want %q as in package status", a.Title, want)
		}
	})
}

func TestSections(t *testing.T) {
	pages(t, func(t *testing.T, c status.Code, l lang.Tag, a manual.Article) {
		if got := headings(a.Body); !slices.Equal(got, sections[l]) {
			t.Errorf("sections %q, want %q", got, sections[l])
		}
		if n := len([]rune(a.Summary)); n < 20 || n > 300 {
			t.Errorf("the summary has %d characters; one or two sentences are wanted", n)
		}
		if !strings.Contains(a.Body, "\n```sh\n") {
			t.Error("no ```sh block shows how to bring it about with curl")
		}
	})
}

// A duty is one item of the list of who must do what; one that says that there
// is none has no levels.
type duty struct {
	role   int
	levels []int
	cite   string
}

// The duties are facts, so both languages list the same ones: the same role,
// bound as strongly, by the same section. Every role is spoken of, in order.
func TestDutiesAgree(t *testing.T) {
	duties := make(map[status.Code]map[lang.Tag][]duty)
	pages(t, func(t *testing.T, c status.Code, l lang.Tag, a manual.Article) {
		if duties[c] == nil {
			duties[c] = make(map[lang.Tag][]duty)
		}
		bound := map[int]bool{} // roles
		for _, item := range items(section(a.Body, sections[l][1])) {
			d, err := readDuty(item, l)
			if err != "" {
				t.Errorf("%s\n%s", err, item)
			}
			if n := len(duties[c][l]); n > 0 && duties[c][l][n-1].role > d.role {
				t.Errorf("the duties do not stand in the order %v:\n%s", roles[l], item)
			}
			if bound[d.role] && d.levels == nil {
				t.Errorf("something is asked of this role all the same:\n%s", item)
			}
			bound[d.role] = true
			duties[c][l] = append(duties[c][l], d)
		}
		for role, name := range roles[l] {
			if !bound[role] {
				t.Errorf("say what the %s must do, or %q", name, name+nothing[l])
			}
		}
	})
	for _, c := range manual.Codes() {
		en, zh := duties[c][lang.En], duties[c][lang.ZhTW]
		if len(en) != len(zh) {
			t.Errorf("%s: %d duties in English, %d in Chinese", c, len(en), len(zh))
			continue
		}
		for i := range en {
			if !reflect.DeepEqual(en[i], zh[i]) {
				t.Errorf("%s: duty %d differs: %+v in English, %+v in Chinese", c, i+1, en[i], zh[i])
			}
		}
	}
}

var (
	bold = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	cite = regexp.MustCompile(`\[RFC [0-9]{4} §[0-9]+(\.[0-9]+)*\]$`)
)

// readDuty reads an item; err says what is wrong with it.
func readDuty(item string, l lang.Tag) (d duty, err string) {
	role, _, _ := strings.Cut(item, roleMark[l])
	if d.role = slices.Index(roles[l], role); d.role < 0 {
		return d, "begin the duty with one of " + strings.Join(roles[l], ", ")
	}
	if item == role+nothing[l] {
		return d, ""
	}
	for _, m := range bold.FindAllStringSubmatch(item, -1) {
		level := slices.Index(levels[l], m[1])
		if level < 0 {
			return d, "bold is for requirement words: " + strings.Join(levels[l], ", ")
		}
		d.levels = append(d.levels, level)
	}
	if len(d.levels) == 0 {
		return d, "say how strongly it binds: " + strings.Join(levels[l], ", ")
	}
	if d.cite = cite.FindString(item); d.cite == "" {
		return d, "end with the section in brackets: [RFC 9110 §15.5.5]"
	}
	return d, ""
}

func TestExamples(t *testing.T) {
	pages(t, func(t *testing.T, c status.Code, l lang.Tag, a manual.Article) {
		if len(a.Examples) == 0 {
			t.Fatal("write an example: a block with the info string http example")
		}
		for i, e := range a.Examples {
			if e.Code != c {
				t.Errorf("example %d is of %s", i+1, e.Code)
			}
			comes := c
			if entry, _ := status.Get(c); entry.Appears == status.InMultistatus {
				comes = 207
			}
			if e.Want[len(e.Want)-1].Code() != comes && (!c.Interim() || !slices.ContainsFunc(e.Want, func(m manual.Message) bool { return m.Code() == c })) {
				t.Errorf("example %d does not come to %s", i+1, c)
			}
			for _, m := range e.Want {
				entry, _ := status.Get(m.Code())
				name := entry.Name
				if entry.Maturity == status.Unused && len(entry.OldNames) > 0 {
					name = entry.OldNames[0] // "(Unused)" is nothing to send
				}
				if want := "HTTP/1.1 " + m.Code().String() + " " + name; m.StatusLine != want {
					t.Errorf("example %d expects %q, want %q", i+1, m.StatusLine, want)
				}
			}
		}
		other, err := manual.Page(c, lang.En)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a.Examples, other.Examples) {
			t.Error("the examples differ from the English page's")
		}
	})
}

func TestWords(t *testing.T) {
	pages(t, func(t *testing.T, c status.Code, l lang.Tag, a manual.Article) {
		wellWorded(t, l, a)
	})
}

func wellWorded(t *testing.T, l lang.Tag, a manual.Article) {
	t.Helper()
	text := a.Title + "\n" + a.Summary + "\n" + a.Body
	if n := strings.Count(text, "—"); n > 2 {
		t.Errorf("%d dashes; use other sentences", n)
	}
	if l != lang.ZhTW {
		return
	}
	for word, ours := range elsewhere {
		if strings.Contains(text, word) {
			t.Errorf("%s: in Taiwan %s", word, ours)
		}
	}
}

func TestPageErrors(t *testing.T) {
	_, err := manual.Page(499, lang.ZhTW)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "manual/codes/499.zh-TW.md") {
		t.Errorf("Page(499) = %v; want fs.ErrNotExist and the file to write", err)
	}
	for _, l := range []lang.Tag{"", "fr", "../en"} {
		if _, err := manual.Page(404, l); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Page(404, %q) = %v; want an error that lists the languages", l, err)
		}
	}
}

func TestCodes(t *testing.T) {
	codes := manual.Codes()
	if !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != len(codes) {
		t.Errorf("Codes() = %v; want each once, in order", codes)
	}
}

func headings(body string) []string {
	var names []string
	for line := range strings.SplitSeq(body, "\n") {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			names = append(names, name)
		}
	}
	return names
}

func section(body, name string) string {
	_, rest, _ := strings.Cut(body, "## "+name+"\n")
	text, _, _ := strings.Cut(rest, "\n## ")
	return text
}

func items(text string) []string {
	var list []string
	for line := range strings.SplitSeq(text, "\n") {
		if item, ok := strings.CutPrefix(line, "- "); ok {
			list = append(list, item)
		}
	}
	return list
}
