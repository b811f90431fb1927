package model

// A Fault is one mistake that the client can be made to make.
type Fault struct {
	Name string
	Says string // what it does then
}

// Faults lists them. Each is looked for by at least one case.
var Faults = []Fault{
	{"silent", "makes no request at all"},
	{"stays", "does not follow redirects"},
	{"empty-handed", "sends requests without their content"},
	{"keeps-content", "hands over no content"},
	{"tells-no-status", "says no status"},
	{"never-fails", "calls everything a success"},
	{"new-connection-each", "opens a connection for each request"},
	{"always-get", "sends GET whatever it is told"},
	{"100-is-final", "takes a 100 that it did not ask for as the answer"},
	{"102-is-final", "takes a 102 as the answer"},
	{"103-is-final", "takes a 103 as the answer, and the real one as that to the next request"},
	{"unknown-1xx-is-final", "takes an interim answer that it does not know as the answer"},
	{"one-interim", "reads one interim answer and gives up at the second"},
	{"interim-has-content", "reads as much content after a 1xx as its Content-Length says"},
	{"interim-coding-waits", "waits for chunks after a 1xx that announces them"},
}

// Known reports whether there is a fault of that name.
func Known(name string) bool {
	for _, f := range Faults {
		if f.Name == name {
			return true
		}
	}
	return false
}
