package main

import (
	"os"
	"strings"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/report"
)

// readBaseline reads what --baseline names; nil if it names nothing.
func (f *lintFlags) readBaseline() (*report.Baseline, error) {
	if f.baseline == "" {
		return nil, nil
	}
	file, err := os.Open(f.baseline)
	if err != nil {
		return nil, cannot(lang.Text{En: "open the baseline", ZhTW: "開啟基準檔"}, err,
			lang.Text{En: "write one with --write-baseline FILE", ZhTW: "可以用 --write-baseline FILE 寫一份"})
	}
	defer file.Close()
	b, err := report.ReadBaseline(file)
	if err != nil {
		return nil, cannot(lang.Text{En: "read the baseline " + visibleName(f.baseline), ZhTW: "讀取基準檔 " + visibleName(f.baseline)}, err,
			lang.Text{En: "write it anew with --write-baseline FILE", ZhTW: "請用 --write-baseline FILE 重新寫一份"})
	}
	return b, nil
}

// writeKnown writes what --write-baseline names: whole or not at all, because
// the old one may be the same file.
func (f *lintFlags) writeKnown(b *report.Baseline) error {
	if b == nil {
		return nil
	}
	var file strings.Builder
	err := b.Write(&file)
	if err == nil {
		err = writeWhole(f.writeBaseline, file.String())
	}
	if err != nil {
		return cannot(lang.Text{En: "write the baseline", ZhTW: "寫出基準檔"}, err,
			lang.Text{En: "name a file in a folder that you may write to", ZhTW: "請指定一個可以寫入的資料夾裡的檔案"})
	}
	return nil
}
