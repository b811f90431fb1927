package report

import (
	"slices"

	"github.com/statute-http/statute/exam"
)

// FailsExam reports whether an entry makes an exam fail: what is not as expected,
// where there are expectations (unexpected is not nil then); else what failed at
// the level or above it, was flaky, or could not be staged.
func FailsExam(e exam.Entry, failOn exam.Level, unexpected []exam.Entry) bool {
	if unexpected != nil {
		return slices.ContainsFunc(unexpected, func(u exam.Entry) bool { return u.Case == e.Case && u.Over == e.Over })
	}
	switch e.Verdict {
	case exam.Flaky, exam.Void:
		return true
	case exam.Fail:
		return failOn != "" && slices.Index(exam.Levels, e.Level) <= slices.Index(exam.Levels, failOn)
	}
	return false
}
