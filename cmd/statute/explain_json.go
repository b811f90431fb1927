package main

import (
	"encoding/json"

	"github.com/statute-http/statute/catalogue"
	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// codesAsJSON prints an object a line, for all registered codes if none is
// given: members of the catalogue as the site serves it, the same in every
// language.
func (env *environment) codesAsJSON(codes []status.Code) error {
	if len(codes) == 0 {
		for _, e := range status.Table {
			codes = append(codes, e.Code)
		}
	}
	encoder := json.NewEncoder(env.stdout)
	encoder.SetEscapeHTML(false)
	for _, c := range codes {
		o, err := catalogue.Of(c)
		if err != nil {
			return cannot(lang.Text{En: "explain " + c.String(), ZhTW: "說明 " + c.String()}, err,
				lang.Text{En: "this is a mistake in the program; please report it", ZhTW: "這是程式的錯誤，請回報"})
		}
		if err := encoder.Encode(o); err != nil {
			return nil // run reports failed writing
		}
	}
	return nil
}
