package manual_test

import (
	"errors"
	"io/fs"
	"reflect"
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

// Words that are written differently in Taiwan; with each, what to write.
var elsewhere = map[string]string{
	"服務器": "伺服器", "客戶端": "用戶端", "響應": "回應", "緩存": "快取", "重定向": "重新導向",
	"默認": "預設", "信息": "資訊、訊息", "網絡": "網路", "字節": "位元組", "八位元組": "位元組", "支持": "支援",
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

// The duties are facts, so both languages list the same ones: of the same role,
// bound as strongly, by the same section.
func TestDutiesAgree(t *testing.T) {
	duties := make(map[status.Code]map[lang.Tag][]manual.Duty)
	pages(t, func(t *testing.T, c status.Code, l lang.Tag, a manual.Article) {
		its, err := a.Duties(l)
		if err != nil {
			t.Fatal(err)
		}
		if duties[c] == nil {
			duties[c] = make(map[lang.Tag][]manual.Duty)
		}
		for i := range its {
			if its[i].Text == "" {
				t.Errorf("duty %d says nothing", i+1)
			}
			its[i].Text = "" // each language's own
		}
		duties[c][l] = its
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

func TestDutyErrors(t *testing.T) {
	const others = "\n- Client: **MAY** x. [RFC 9110 §1]\n- Cache: nothing of its own; what holds for every code holds here too.\n- Intermediary: **MAY** x. [RFC 9110 §1]\n"
	for _, test := range []struct{ body, says string }{
		{"## What it means\n", "no section"},
		{"## Who must do what\n\n- Origin: **MUST** x. [RFC 9110 §1]" + others, "begin the duty with one of Server"},
		{"## Who must do what\n\n- Server: **HAS TO** x. [RFC 9110 §1]" + others, "bold is for requirement words"},
		{"## Who must do what\n\n- Server: does x. [RFC 9110 §1]" + others, "how strongly it binds"},
		{"## Who must do what\n\n- Server: **MUST** x." + others, "end with the section"},
		{"## Who must do what\n" + others, "say what the Server must do"},
		{"## Who must do what\n" + others + "- Server: **MUST** x. [RFC 9110 §1]\n", "in the order"},
		{"## Who must do what\n\n- Server: **MUST** x. [RFC 9110 §1]\n- Server: nothing of its own; what holds for every code holds here too." + others, "how strongly it binds"},
	} {
		_, err := manual.Article{Title: "404", Body: test.body}.Duties(lang.En)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %v, want an error that says %q", test.body, err, test.says)
		}
	}
	good := manual.Article{Title: "404", Body: "## Who must do what\n\n- Server: **MUST** or **SHOULD NOT** do `x`. [RFC 9110 §15.5.5]" + others}
	got, err := good.Duties(lang.En)
	want := manual.Duty{Role: manual.Server, Levels: []string{"must", "should not"}, Text: "**MUST** or **SHOULD NOT** do `x`.", Spec: "RFC 9110 §15.5.5"}
	if err != nil || len(got) != 3 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %+v (%v), want first %+v", got, err, want)
	}
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

func items(text string) []string {
	var list []string
	for line := range strings.SplitSeq(text, "\n") {
		if item, ok := strings.CutPrefix(line, "- "); ok {
			list = append(list, item)
		}
	}
	return list
}
