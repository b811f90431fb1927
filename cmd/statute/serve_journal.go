package main

import (
	"errors"
	"log/slog"
	"os"

	"github.com/statute-http/statute/capture"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// openJournal opens a journal to go on with it, or a new one. It may hold what
// only its owner should see.
func openJournal(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, cannot(lang.Text{En: "open the journal", ZhTW: "開啟日誌"}, err,
			lang.Text{En: "name a file in a folder that you may write to", ZhTW: "請指定一個可以寫入的資料夾裡的檔案"})
	}
	return file, nil
}

func cannotWriteJournal(err error) error {
	return cannot(lang.Text{En: "write the journal", ZhTW: "寫入日誌"}, err,
		lang.Text{En: "see whether there is room where it goes", ZhTW: "請看看要寫入的地方還有沒有空間"})
}

// A serveJournal is the journal of the server's own traffic, as its tap gives
// it: without credentials and cookies, contents cut. Nil if none is kept.
type serveJournal struct {
	file *os.File
	w    *capture.Writer
}

func keepJournal(path string) (*serveJournal, error) {
	if path == "" {
		return nil, nil
	}
	file, err := openJournal(path)
	if err != nil {
		return nil, err
	}
	return &serveJournal{file, capture.NewWriter(file)}, nil
}

func (j *serveJournal) tap() func(*wire.Exchange) {
	if j == nil {
		return nil
	}
	return j.w.Put
}

// close writes what waits, once no exchange comes any more.
func (j *serveJournal) close(log *slog.Logger) error {
	if j == nil {
		return nil
	}
	err := errors.Join(j.w.Close(), j.file.Close())
	if n := j.w.LeftOut(); n > 0 {
		log.Warn("the journal lacks exchanges that came faster than they could be written", "exchanges", n)
	}
	if err != nil {
		return cannotWriteJournal(err)
	}
	return nil
}
