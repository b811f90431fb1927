package site

import "github.com/statute-http/statute/lang"

// serverReasons are those for which this server fails a request that may be in
// order: 5xx.
var serverReasons = []reason{
	{kinds("fault"), 500, "RFC 9110 §15.6.1", lang.Text{
		En:   "Something went wrong inside the server that it did not expect. The incident's id leads the operator to the cause.",
		ZhTW: "伺服器內部發生預料之外的錯誤。管理者可以憑事件代號查出原因。"}},
	{kinds("posed-hijack"), 500, "RFC 9110 §15.6.1", lang.Text{
		En:   "The posed answers run behind a server that does not hand over its connections, so none can switch protocols.",
		ZhTW: "示範回應前面的伺服器不交出連線，因此無法切換協定。"}},
	{kinds("method-unknown"), 501, "RFC 9110 §9.1", lang.Text{
		En:   "No resource of this server implements the method.",
		ZhTW: "本伺服器沒有任何資源實作這個方法。"}},
	{kinds("https-needs-tunnel"), 501, "RFC 9110 §9.3.6", lang.Text{
		En:   "The forward proxy was sent an https URI. It speaks no TLS for its clients; they ask for a tunnel.",
		ZhTW: "送到正向代理伺服器的是 https 的 URI。它不代替用戶端進行 TLS，請要求通道。"}},
	{kinds("connect-at-gateway"), 501, "RFC 9110 §15.6.2", lang.Text{
		En:   "CONNECT came to a gateway, which opens no tunnels and speaks no protocol over the extended one.",
		ZhTW: "CONNECT 送到了閘道；閘道不開通道，也不支援以擴充 CONNECT 進行的協定。"}},
	{kinds("other-namespace"), 502, "RFC 4918 §9.8.5", lang.Text{
		En:   "The destination of a COPY or MOVE is on another server, or in another world of this one.",
		ZhTW: "COPY 或 MOVE 的目的地在另一台伺服器，或本伺服器的另一個世界。"}},
	{kinds("not-now"), 503, "RFC 9110 §15.6.4", lang.Text{
		En:   "The place is closed or full for the moment. Retry-After says how long to wait.",
		ZhTW: "目前關閉或已滿。要等多久，寫在 Retry-After。"}},
	{kinds("contended"), 503, "RFC 9110 §15.6.4", lang.Text{
		En:   "Others changed the same state faster, again and again, while this request was being decided.",
		ZhTW: "裁決這個請求時，其他請求一再搶先變更了同一份狀態。"}},
	{kinds("plays-busy"), 503, "RFC 9110 §15.6.4", lang.Text{
		En:   "As many scenes are being played for visitors as the server plays at once.",
		ZhTW: "正在為訪客重現的場景，已達伺服器同時能處理的上限。"}},
	{kinds("watchers-full"), 503, "RFC 9110 §15.6.4", lang.Text{
		En:   "As many are watching traffic live as the server can tell at once.",
		ZhTW: "即時觀看流量的人數已達伺服器同時能處理的上限。"}},
	{kinds("posed-waiting"), 503, "RFC 9110 §15.6.4", lang.Text{
		En:   "Too many requests for posed answers are waiting for a delay of their own.",
		ZhTW: "正在等候延遲的示範回應請求太多。"}},
	{kinds("road-full"), 503, "RFC 9110 §15.6.4", lang.Text{
		En:   "As many requests and tunnels are passing through as may at a time.",
		ZhTW: "同時經過的請求與通道已達上限。"}},
	{kinds("not-cached"), 504, "RFC 9111 §5.2.1.7", lang.Text{
		En:   "The request wants a stored answer or none, and none is stored that it could have.",
		ZhTW: "請求只要儲存的回應，而沒有可以用的。"}},
	{kinds("cannot-revalidate"), 504, "RFC 9111 §5.2.2.2", lang.Text{
		En:   "The stored answer may not be used without asking its origin, which cannot be reached.",
		ZhTW: "儲存的回應不問過來源就不能用，而來源連不上。"}},
	{kinds("variant-negotiates"), 506, "RFC 2295 §8.1", lang.Text{
		En:   "The best variant of a transparently negotiated resource is negotiated itself: a mistake in the server's configuration.",
		ZhTW: "透明協商的資源選出最合適的變體，而它本身也要協商：這是伺服器設定的錯誤。"}},
	{kinds("quota"), 507, "RFC 4918 §11.5", lang.Text{
		En:   "There is no room left in the world for what is to be stored.",
		ZhTW: "世界裡剩餘的空間放不下要儲存的東西。"}},
	{kinds("store-full"), 507, "RFC 4918 §11.5", lang.Text{
		En:   "The world has room, but the server keeps as much as it may, or its disk is full.",
		ZhTW: "世界裡還有空間，但伺服器存放的內容已達上限，或磁碟已滿。"}},
	{kinds("too-many-locks"), 507, "RFC 4918 §11.5", lang.Text{
		En:   "The world keeps as many locks as it can, and LOCK asks for one more.",
		ZhTW: "世界裡的鎖已達上限，而 LOCK 還要再加一個。"}},
	{kinds("binding-loop"), 508, "RFC 5842 §7.2", lang.Text{
		En:   "A listing of all depths came back to a collection that it is in, and the client has not said that it understands 208.",
		ZhTW: "列出所有深度時繞回了所在的集合，而用戶端沒有表示看得懂 208。"}},
	{kinds("extension-unknown"), 510, "RFC 2774 §7", lang.Text{
		En:   "Man or C-Man demands an extension that this server does not know.",
		ZhTW: "Man 或 C-Man 要求了本伺服器不認得的擴充。"}},
	{kinds("extension-missing"), 510, "RFC 2774 §7", lang.Text{
		En:   "The method begins with M-, and no mandatory extension is named.",
		ZhTW: "方法以 M- 開頭，卻沒有指出任何強制擴充。"}},
	{kinds("extension-not-here"), 510, "RFC 2774 §7", lang.Text{
		En:   "The server knows the extension, and this resource or this method does not have it.",
		ZhTW: "伺服器認得這個擴充，但這個資源或這個方法不支援。"}},
	{kinds("extension-of-another-hop"), 510, "RFC 2774 §7", lang.Text{
		En:   "C-Man came without Connection, or not over HTTP/1.1: nothing says that it was meant for this hop.",
		ZhTW: "C-Man 沒有列在 Connection，或不是經由 HTTP/1.1 送來：沒有跡象顯示它是給這一段的。"}},
	{kinds("exam-from-afar"), 403, "RFC 9110 §15.5.4", lang.Text{
		En:   "Exams open ports on the machine of the server: only clients on that machine are examined, under a name of that machine.",
		ZhTW: "考試要在伺服器所在的機器上開連接埠：只考同一台機器上、以本機名稱連來的用戶端。"}},
	{kinds("not-logged-in"), 511, "RFC 6585 §6", lang.Text{
		En:   "The network on the way lets this client pass only once it has agreed to the terms.",
		ZhTW: "途中的網路要這個用戶端先同意條款才放行。"}},
}
