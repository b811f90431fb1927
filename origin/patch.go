package origin

import (
	"encoding/json"
	"errors"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/wire"
)

// The media types of PATCH content that the order can carry out.
const (
	MergePatch = "application/merge-patch+json" // RFC 7396
	JSONPatch  = "application/json-patch+json"  // RFC 6902
)

// applyPatch returns the document as the patch changes it. RFC 5789 §2.2 says
// which error is whose: a patch that cannot be read is 400, one that this
// document's state does not allow 409, one that makes no sense for it 422.
func applyPatch(mediaType string, document, patch []byte) ([]byte, error) {
	if mediaType == MergePatch {
		if !json.Valid(patch) {
			return nil, malformedPatch("not JSON", "不是 JSON")
		}
		changed, err := jsonpatch.MergePatch(document, patch)
		if err != nil {
			return nil, impossiblePatch(err)
		}
		return changed, nil
	}
	operations, err := jsonpatch.DecodePatch(patch)
	if err != nil {
		return nil, malformedPatch("not a list of operations", "不是操作的清單")
	}
	if len(operations) > maxOperations {
		return nil, malformedPatch("too many operations", "操作太多")
	}
	options := jsonpatch.NewApplyOptions()
	options.AccumulatedCopySizeLimit = readMost
	changed, err := operations.ApplyWithOptions(document, options)
	switch {
	case errors.Is(err, jsonpatch.ErrTestFailed), errors.Is(err, jsonpatch.ErrMissing):
		return nil, &wire.Refusal{
			Status: 409, Gate: 15, Reason: "patch-conflict", Spec: "RFC 5789 §2.2",
			Detail: lang.Text{
				En:   "The document is not in the state that the patch expects. GET it again and make a new patch. (" + err.Error() + ")",
				ZhTW: "文件的狀態與修補所預期的不同。請重新 GET 再製作修補。（" + err.Error() + "）"},
		}
	case err != nil:
		return nil, impossiblePatch(err)
	}
	return changed, nil
}

const maxOperations = 1000

func malformedPatch(why, whyZhTW string) error {
	return (&Invalid{Malformed: true, Why: why, WhyZhTW: whyZhTW}).refusal()
}

func impossiblePatch(err error) error {
	return (&Invalid{Member: "patch", Why: err.Error(), WhyZhTW: err.Error()}).refusal()
}
