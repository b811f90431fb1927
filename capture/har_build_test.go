package capture

import "testing"

func TestWithheld(t *testing.T) {
	for value, want := range map[string]bool{
		"***": true, "********": true, "[REDACTED]": true, "<redacted>": true, "redacted": true,
		"": false, "*": false, "*/*": false, "(none)": false, "return=minimal": false,
	} {
		if got := withheld(value); got != want {
			t.Errorf("withheld(%q) = %v", value, got)
		}
	}
}
