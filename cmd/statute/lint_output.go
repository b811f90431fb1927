package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/report"
)

// A reportOutput is the report and where it goes.
type reportOutput struct {
	report.Writer
	env  *environment
	file *os.File // of --out; nil for stdout
	told bool     // the report on stdout tells people what there is to tell
	line *progress
	size atomic.Int64 // octets of the inputs, as far as they are known
	read atomic.Int64 // of which so many were read
	stop chan struct{}
}

// openReport opens where the report goes, before anything is judged.
func (env *environment) openReport(f *lintFlags) (*reportOutput, error) {
	o := &reportOutput{env: env, stop: make(chan struct{})}
	t := env.terminal()
	var w io.Writer = writerFunc(func(p []byte) (n int, err error) {
		o.aside(func() { n, err = env.stdout.Write(p) })
		return n, err
	})
	if f.out != "" {
		file, err := os.Create(f.out)
		if err != nil {
			return nil, cannot(lang.Text{En: "write the report to " + f.out, ZhTW: "把報告寫到 " + f.out}, err,
				lang.Text{En: "name a file in a folder that you may write to", ZhTW: "請指定一個可以寫入的資料夾裡的檔案"})
		}
		o.file, w, t = file, file, terminal{width: usualWidth}
	}
	live := f.proxy != "" || len(f.reverse) > 0
	var err error
	o.Writer, err = report.New(f.format, w, report.Options{
		Lang: env.lang, Show: f.show, FailOn: f.failLevel(), Version: versionOf(buildInfo()).Version, Live: live,
		Paint: func(s report.Style, text string) string { return t.paint(reportStyles[s], text) },
		Set:   t.markdown,
		Wrap:  t.wrapped,
	})
	if err != nil {
		o.abandon()
		return nil, cannot(lang.Text{En: "begin the report", ZhTW: "開始寫報告"}, err, lang.Text{})
	}
	o.told = f.format == "text" && f.out == ""
	if !live {
		o.line = env.newProgress(0, lang.Text{En: "%d of %d MB judged", ZhTW: "已判斷 %d／%d MB"})
		go o.tick(o.line)
	}
	return o, nil
}

// keepsInputs is an error where what a flag names to be written is one of the
// files that are to be read: opening it would empty it.
func keepsInputs(flag, output string, inputs []string) error {
	written, err := os.Stat(output)
	if err != nil || !written.Mode().IsRegular() {
		return nil // there is none yet, or nothing in it to lose; whoever opens it says why not
	}
	for _, input := range inputs {
		if read, err := os.Stat(input); err == nil && os.SameFile(read, written) {
			return misuse(lang.Text{
				En:   fmt.Sprintf("--%s %s is one of the files to be read", flag, visibleName(output)),
				ZhTW: fmt.Sprintf("--%s %s 也是要讀取的檔案", flag, visibleName(output)),
			}, lang.Text{En: "name another file: writing it would destroy what it holds", ZhTW: "請指定另一個檔案：寫入會毀掉原有的內容"})
		}
	}
	return nil
}

// tick keeps the line about the progress up to date.
func (o *reportOutput) tick(line *progress) {
	t := time.NewTicker(200 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			line.reach(int(o.read.Load()>>20), int(o.size.Load()>>20))
		case <-o.stop:
			return
		}
	}
}

// aside writes what must not run into the line about the progress.
func (o *reportOutput) aside(show func()) {
	if o.line == nil {
		show()
		return
	}
	o.line.aside(show)
}

// close ends the report. Where people do not see it, they get the summary on
// stderr.
func (o *reportOutput) close(t *report.Tally) error {
	o.end()
	err := o.Writer.Close(t)
	if o.file != nil {
		if closeErr := o.file.Close(); err == nil {
			err = closeErr
		}
		o.file = nil
	}
	if err != nil {
		return cannot(lang.Text{En: "write the report", ZhTW: "寫出報告"}, err,
			lang.Text{En: "see whether there is room where it goes", ZhTW: "請看看要寫入的地方還有沒有空間"})
	}
	if !o.told {
		io.WriteString(o.env.stderr, report.Summary(t, report.Options{Lang: o.env.lang, Wrap: terminal{width: usualWidth}.wrapped}))
	}
	return nil
}

func (o *reportOutput) end() {
	if o.line != nil {
		close(o.stop)
		o.line.end()
		o.line = nil
	}
}

// abandon closes what is open, if close was not called.
func (o *reportOutput) abandon() {
	o.end()
	if o.file != nil {
		o.file.Close()
	}
}

var reportStyles = map[report.Style]style{
	report.Strong: strongStyle,
	report.Code:   codeStyle,
	report.Grave:  "1;31",
	report.Wrong:  "33",
	report.Mild:   "36",
}

// visibleName returns a file's name as it can be printed anywhere.
func visibleName(name string) string {
	quoted := strconv.Quote(name)
	if quoted == `"`+name+`"` {
		return name
	}
	return quoted
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
