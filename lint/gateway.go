package lint

import (
	"github.com/dunglas/httpsfv"

	"github.com/statute-http/statute/lang"
	"github.com/statute-http/statute/status"
	"github.com/statute-http/statute/wire"
)

// 502 504, and what intermediaries say of an answer.
var gateway = []Rule{
	{
		Name: "proxy-status-of-other-code", Level: Should, About: OfMessage,
		Spec: "RFC 9209 §2.1.1", Codes: []status.Code{400, 403, 404, 500, 502, 503, 504}, Who: Intermediary, Needs: wire.ShowsResponse,
		Check: proxyStatusOfOtherCode,
	},
}

// recommended is the code that RFC 9209 §2.3.1 to §2.3.32 recommends for each
// error type; types whose code depends on the case are left out.
var recommended = map[string]status.Code{
	"dns_timeout":                        504,
	"dns_error":                          502,
	"destination_not_found":              500,
	"destination_unavailable":            503,
	"destination_ip_prohibited":          502,
	"destination_ip_unroutable":          502,
	"connection_refused":                 502,
	"connection_terminated":              502,
	"connection_timeout":                 504,
	"connection_read_timeout":            504,
	"connection_write_timeout":           504,
	"connection_limit_reached":           503,
	"tls_protocol_error":                 502,
	"tls_certificate_error":              502,
	"tls_alert_received":                 502,
	"http_request_denied":                403,
	"http_response_incomplete":           502,
	"http_response_header_section_size":  502,
	"http_response_header_size":          502,
	"http_response_body_size":            502,
	"http_response_trailer_section_size": 502,
	"http_response_trailer_size":         502,
	"http_response_transfer_coding":      502,
	"http_response_content_coding":       502,
	"http_response_timeout":              504,
	"http_upgrade_failed":                502,
	"http_protocol_error":                502,
	"proxy_internal_error":               500,
	"proxy_configuration_error":          500,
	"proxy_loop_detected":                502,
}

// RFC 9209 §2.1.1: an answer that is generated for an error should have the code
// that the error's type recommends. Only an answer that one intermediary alone
// speaks of is judged, so that the error is surely the reason for the code.
func proxyStatusOfOtherCode(x *wire.Exchange, r *Report) {
	p := x.Answer()
	v, ok := value(r, &p.Message, "Proxy-Status")
	if !ok {
		return
	}
	list, err := httpsfv.UnmarshalList([]string{v})
	if err != nil || len(list) != 1 {
		return
	}
	item, ok := list[0].(httpsfv.Item)
	if !ok || item.Params == nil {
		return
	}
	// RFC 9209 §2.1.4: with received-status the code is another server's.
	if _, received := item.Params.Get("received-status"); received {
		return
	}
	param, _ := item.Params.Get("error")
	kind, ok := param.(httpsfv.Token)
	if !ok {
		return
	}
	if due, known := recommended[string(kind)]; known && due != p.Status {
		r.Final("Proxy-Status", lang.Text{
			En:   "The error %s recommends %d, and the answer is %d.",
			ZhTW: "錯誤 %s 建議使用 %d，回應卻是 %d。"}, string(kind), int(due), int(p.Status))
	}
}
