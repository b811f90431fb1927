package lang_test

import (
	"testing"

	"github.com/statute-http/statute/lang"
)

func TestFromAccept(t *testing.T) {
	for _, test := range []struct {
		value string
		want  lang.Tag
	}{
		{"", lang.En},
		{"zh-TW", lang.ZhTW},
		{"zh-Hant-TW, en;q=0.9", lang.ZhTW},
		{"en, zh", lang.En},
		{"en;q=0.3, zh;q=0.8", lang.ZhTW},
		{"fr, de;q=0.9", lang.En},
		{"fr, zh;q=0.1", lang.ZhTW},
		{"*", lang.En},
		{"zh;q=0", lang.En},
		{"zh;q=2", lang.En},
		{"zh;level=1", lang.En},
		{",,;=,zh", lang.ZhTW},
	} {
		if got := lang.FromAccept(test.value, lang.En); got != test.want {
			t.Errorf("FromAccept(%q) = %s, want %s", test.value, got, test.want)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	for _, test := range []struct {
		env  map[string]string
		want lang.Tag
	}{
		{nil, lang.En},
		{map[string]string{"LANG": "zh_TW.UTF-8"}, lang.ZhTW},
		{map[string]string{"LANG": "zh_TW.UTF-8", "LC_ALL": "C"}, lang.En},
		{map[string]string{"LC_MESSAGES": "zh_TW", "LANG": "en_US.UTF-8"}, lang.ZhTW},
		{map[string]string{"LANG": "de_DE.UTF-8"}, lang.En},
	} {
		if got := lang.FromEnvironment(func(k string) string { return test.env[k] }); got != test.want {
			t.Errorf("FromEnvironment(%v) = %s, want %s", test.env, got, test.want)
		}
	}
}
