package catalogue

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
)

// schemaAt compiles a part of the schema, as it is served.
func schemaAt(t *testing.T, fragment string) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("https://statute.test"+SchemaPath, document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://statute.test" + SchemaPath + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON returns a value as a validator sees it.
func asJSON(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	read, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func whole(t *testing.T) Catalogue {
	t.Helper()
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The catalogue follows its schema, and so does any number on its own.
func TestSchema(t *testing.T) {
	if err := schemaAt(t, "").Validate(asJSON(t, whole(t))); err != nil {
		t.Error(err)
	}
	one := schemaAt(t, strings.TrimPrefix(CodeSchemaPath, SchemaPath))
	for _, code := range []status.Code{-1, 0, 99, 104, 306, 404, 499, 599, 600, 12345} {
		c, err := Of(code)
		if err != nil {
			t.Fatal(err)
		}
		if err := one.Validate(asJSON(t, c)); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// The schema refuses catalogues with a mistake; otherwise it would say nothing.
func TestSchemaRefuses(t *testing.T) {
	schema := schemaAt(t, "")
	for name, spoil := range map[string]func(*Catalogue){
		"no codes":              func(c *Catalogue) { c.Codes = nil },
		"a word that is none":   func(c *Catalogue) { c.Codes[3].Maturity = "mature" },
		"a code without name":   func(c *Catalogue) { c.Codes[5].Name = lang.Text{} },
		"half a text":           func(c *Catalogue) { c.Codes[5].Name.ZhTW = "" },
		"a registered stranger": func(c *Catalogue) { c.Codes[0].Registered = false },
		"a protocol of no kind": func(c *Catalogue) { c.Codes[0].Scenes[0].Over[0] = "h4" },
		"a rule without level":  func(c *Catalogue) { c.Codes[0].Rules[0].Level = "" },
		"a link to nowhere":     func(c *Catalogue) { c.NonStandard[0].Links[0].Href = "http://[" },
		"a duty of nobody":      func(c *Catalogue) { c.Codes[0].Duties[0].Role = "printer" },
		"a use by nobody":       func(c *Catalogue) { c.NonStandard[0].Private[0].Users = nil },
		"a topic of no code":    func(c *Catalogue) { c.Topics[0].Codes = nil },
		"browsers of no source": func(c *Catalogue) { c.Codes[3].Browsers.Features = nil },
	} {
		all := whole(t)
		for i := range all.Codes { // what Of shares with the tables is not ours to spoil
			for j := range all.Codes[i].Scenes {
				all.Codes[i].Scenes[j].Over = slices.Clone(all.Codes[i].Scenes[j].Over)
			}
		}
		spoil(&all)
		if err := schema.Validate(asJSON(t, all)); err == nil {
			t.Errorf("%s: the schema does not mind", name)
		}
	}
}

// The schema names the members that there are, no others, and asks for those
// that are never left out.
func TestSchemaMembers(t *testing.T) {
	type object struct {
		Properties map[string]any
		Required   []string
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &schema); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		value any
		told  object
	}{
		{"catalogue", Catalogue{}, schema.object},
		{"code", Code{}, schema.Defs["code"]},
		{"text", lang.Text{}, schema.Defs["text"]},
		{"need", Need{}, schema.Defs["need"]},
		{"duty", Duty{}, schema.Defs["duty"]},
		{"scene", Scene{}, schema.Defs["scene"]},
		{"rule", Rule{}, schema.Defs["rule"]},
		{"browsers", Browsers{}, schema.Defs["browsers"]},
		{"feature", Feature{}, schema.Defs["feature"]},
		{"support", Support{}, schema.Defs["support"]},
		{"private", Private{}, schema.Defs["private"]},
		{"topic", Topic{}, schema.Defs["topic"]},
		{"link", Link{}, schema.Defs["link"]},
	} {
		var always []string
		members := 0
		for f := range reflect.TypeOf(test.value).Fields() {
			name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if _, ok := test.told.Properties[name]; !ok {
				t.Errorf("the schema of %s does not tell of %s", test.name, name)
			}
			if members++; options == "" {
				always = append(always, name)
			}
		}
		if members != len(test.told.Properties) {
			t.Errorf("the schema of %s tells of %d members, there are %d", test.name, len(test.told.Properties), members)
		}
		slices.Sort(always)
		slices.Sort(test.told.Required)
		if !slices.Equal(always, test.told.Required) {
			t.Errorf("the schema of %s asks for %v, always there are %v", test.name, test.told.Required, always)
		}
	}
}
