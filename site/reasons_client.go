package site

import "github.com/statute-http/statute/lang"

// clientReasons are those for which a request is redirected or its client has to
// do otherwise: 3xx and 4xx.
var clientReasons = []reason{
	{kinds("moved"), 301, "RFC 9110 §15.4.2", lang.Text{
		En:   "The resource has another URI for good, and the client may make its request a GET. Location has the URI.",
		ZhTW: "資源已永久改用另一個 URI，用戶端可以把請求改成 GET。新的 URI 在 Location。"}},
	{kinds("moved"), 302, "RFC 9110 §15.4.3", lang.Text{
		En:   "For a time the resource answers at another URI, and the client may make its request a GET. Location has the URI.",
		ZhTW: "資源暫時改在另一個 URI 回應，用戶端可以把請求改成 GET。那個 URI 在 Location。"}},
	{kinds("moved"), 307, "RFC 9110 §15.4.8", lang.Text{
		En:   "For a time the resource answers at another URI, and the client keeps its method. Location has the URI.",
		ZhTW: "資源暫時改在另一個 URI 回應，用戶端不得改變方法。那個 URI 在 Location。"}},
	{kinds("moved"), 308, "RFC 9110 §15.4.9", lang.Text{
		En:   "The resource has another URI for good, and the client keeps its method. Location has the URI.",
		ZhTW: "資源已永久改用另一個 URI，用戶端不得改變方法。新的 URI 在 Location。"}},
	{kinds("head-cut"), 400, "RFC 9112 §8", lang.Text{
		En:   "The client stopped sending before the empty line that ends the head.",
		ZhTW: "標頭區段還沒送到結尾的空行，用戶端就停止傳送。"}},
	{kinds("content-length-mismatch"), 400, "RFC 9113 §8.1.1", lang.Text{
		En:   "Over HTTP/2 or HTTP/3, the stream ended before the content was as long as announced.",
		ZhTW: "在 HTTP/2 或 HTTP/3，內容還沒達到宣告的長度，串流就結束了。"}},
	{kinds("content-cut"), 400, "RFC 9112 §8", lang.Text{
		En:   "The client stopped sending before the content was as long as announced, or before its last chunk.",
		ZhTW: "內容還沒達到宣告的長度，或最後一個區塊還沒送到，用戶端就停止傳送。"}},
	{kinds("host-differs"), 400, "RFC 9113 §8.3.1", lang.Text{
		En:   "Over HTTP/2 or HTTP/3, Host and :authority name different authorities.",
		ZhTW: "在 HTTP/2 或 HTTP/3，Host 與 :authority 指的不是同一個主機。"}},
	{kinds("no-scheme"), 400, "RFC 9114 §4.3.1", lang.Text{
		En:   "Over HTTP/3, the request has no :scheme.",
		ZhTW: "在 HTTP/3，請求沒有 :scheme。"}},
	{kinds("content-range-on-put"), 400, "RFC 9110 §14.5", lang.Text{
		En:   "A PUT says by Content-Range that its content is a part, and the resource stores wholes only.",
		ZhTW: "PUT 以 Content-Range 表明內容只是一部分，而這個資源只存完整的內容。"}},
	{kinds("bad-content-type"), 400, "RFC 9110 §8.3", lang.Text{
		En:   "Content-Type holds something that is no media type.",
		ZhTW: "Content-Type 的值不是媒體類型。"}},
	{kinds("malformed"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "The content is not what its media type says, so it cannot be read.",
		ZhTW: "內容不是它的媒體類型所說的格式，無法解讀。"}},
	{kinds("digest"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "A digest that came with the content does not fit it.",
		ZhTW: "隨內容送來的摘要與內容不符。"}},
	{kinds("not-a-number"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "The query has something else where the resource needs a number.",
		ZhTW: "資源需要一個數字，查詢字串裡卻不是。"}},
	{kinds("posed-request", "posed-protocol"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "The code asked for at /status/ answers only requests of another kind, or goes only over another protocol. The detail says what to send.",
		ZhTW: "在 /status/ 要求的狀態碼只回應另一種請求，或只能在另一種協定上送出。說明裡有該送的內容。"}},
	{kinds("posed-codes", "posed-option", "posed-delay", "posed-body-delay", "posed-body", "posed-size", "posed-type",
		"posed-field", "posed-location", "posed-retry-after", "posed-final", "posed-key", "posed-lang"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "The URL at /status/ cannot be read: its codes, the name of an option, or the value of the option that the reason names. The detail says where, and what may stand there.",
		ZhTW: "/status/ 的網址無法解讀：狀態碼、選項名稱，或原因所指的那個選項的值有問題。說明會指出位置與可用的寫法。"}},
	{kinds("websocket-handshake"), 400, "RFC 6455 §4.2.1", lang.Text{
		En:   "The request offers WebSocket, but a part of the handshake is missing or wrong. The detail says which.",
		ZhTW: "請求提議改用 WebSocket，但交握缺了一部分或寫錯了。是哪一部分，寫在說明裡。"}},
	{kinds("no-upgrade-here"), 400, "RFC 9113 §8.6", lang.Text{
		En:   "The resource speaks WebSocket only, and the request came over HTTP/2 or HTTP/3, whose connections cannot go over to another protocol.",
		ZhTW: "資源只說 WebSocket，而請求來自 HTTP/2 或 HTTP/3，那裡的連線無法切換到另一種協定。"}},
	{kinds("language-unknown"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "The language switch was asked for a language that the site does not have.",
		ZhTW: "語言切換指定了網站沒有的語言。"}},
	{kinds("form-unreadable"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "A form's fields could not be read.",
		ZhTW: "無法讀取表單的欄位。"}},
	{kinds("protocol-unknown"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "A scene was to be played over something that is none of h1, h2 and h3.",
		ZhTW: "要求重現場景的協定不是 h1、h2 或 h3。"}},
	{kinds("way-unknown"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "The page about the order of decision was asked for a gate that is not in the order, or for something that is no status code.",
		ZhTW: "裁決次序的頁面所要求的關卡不在次序中，或所給的不是狀態碼。"}},
	{kinds("search-unreadable"), 400, "RFC 9110 §15.5.1", lang.Text{
		En:   "A search is not text in UTF-8, or is too long.",
		ZhTW: "搜尋文字不是 UTF-8，或太長。"}},
	{kinds("digest-uri"), 400, "RFC 7616 §3.4.6", lang.Text{
		En:   "The Digest credentials were made for another target than that of the request.",
		ZhTW: "Digest 憑證所針對的目標，與請求的目標不同。"}},
	{kinds("no-proxy-request"), 400, "RFC 9112 §3.2.2", lang.Text{
		En:   "The forward proxy was sent a request that is not for a proxy: its target is no whole URI, and the method is not CONNECT.",
		ZhTW: "送到正向代理伺服器的請求不是給代理的：目標不是完整的 URI，方法也不是 CONNECT。"}},
	{kinds("no-such-port"), 400, "RFC 9110 §9.3.6", lang.Text{
		En:   "The target that is to be reached names no host, or no port from 1 to 65535.",
		ZhTW: "要連往的目標沒有主機名稱，或連接埠不在 1 到 65535 之間。"}},
	{kinds("bad-field"), 400, "RFC 4918 §10", lang.Text{
		En:   "A field that steers a method of WebDAV cannot be read, or does not go with the method: If, Depth, Destination, Overwrite or Lock-Token.",
		ZhTW: "控制 WebDAV 方法的欄位無法解讀，或與方法不合：If、Depth、Destination、Overwrite 或 Lock-Token。"}},
	{kinds("credentials-missing"), 401, "RFC 9110 §15.5.2", lang.Text{
		En:   "The resource opens to known users only, and the request has no credentials.",
		ZhTW: "資源只開放給認得的使用者，而請求沒有憑證。"}},
	{kinds("credentials-wrong"), 401, "RFC 9110 §15.5.2", lang.Text{
		En:   "The credentials are of nobody that the server knows, or cannot be read, or are of a scheme that it did not offer.",
		ZhTW: "憑證不屬於伺服器認得的任何人、無法解讀，或不是質詢所提供的方案。"}},
	{kinds("credentials-expired"), 401, "RFC 9110 §15.5.2", lang.Text{
		En:   "The credentials were good once: the bearer token is over its time, or the nonce of Digest is too old (stale).",
		ZhTW: "憑證曾經有效：Bearer 權杖已過期，或 Digest 的 nonce 太舊（stale）。"}},
	{kinds("credentials-used"), 401, "RFC 7616 §3.4", lang.Text{
		En:   "The nonce of Digest came with the same count before, as in a replay.",
		ZhTW: "Digest 的 nonce 先前已搭配同樣的計數出現過，有如重放。"}},
	{kinds("payment-required"), 402, "RFC 9110 §15.5.3", lang.Text{
		En:   "The resource costs something, and the request brings no payment. WWW-Authenticate has the challenge that can be paid for.",
		ZhTW: "資源要錢，而請求沒有附上付款。可以付款的質詢寫在 WWW-Authenticate。"}},
	{kinds("malformed-credential"), 402, "RFC 9110 §15.5.3", lang.Text{
		En:   "The Payment credentials cannot be read: they are JSON in base64url, as the mint gives them.",
		ZhTW: "Payment 憑證無法解讀；它是鑄幣處給的、以 base64url 寫成的 JSON。"}},
	{kinds("invalid-challenge"), 402, "RFC 9110 §15.5.3", lang.Text{
		En:   "The challenge that was paid for is not one for this resource and this user, or has expired.",
		ZhTW: "付款的質詢不是為這個資源與這位使用者開立的，或已經過期。"}},
	{kinds("verification-failed"), 402, "RFC 9110 §15.5.3", lang.Text{
		En:   "The token is not the one that the mint gives for the challenge.",
		ZhTW: "權杖不是鑄幣處為這份質詢開立的。"}},
	{kinds("payment-used"), 402, "RFC 9110 §15.5.3", lang.Text{
		En:   "The payment was used before; it opens the resource once.",
		ZhTW: "這筆付款已經用過；一筆付款只能開啟一次。"}},
	{kinds("cross-origin"), 403, "RFC 9110 §15.5.4", lang.Text{
		En:   "A page of another site had a visitor's browser ask for a play.",
		ZhTW: "其他網站的頁面讓訪客的瀏覽器來要求重現場景。"}},
	{kinds("not-permitted"), 403, "RFC 9110 §15.5.4", lang.Text{
		En:   "It is known who asks, and this user has not the right. With a bearer token, WWW-Authenticate names the scope that is missing.",
		ZhTW: "已知道是誰在請求，而這位使用者沒有權限。以 Bearer 權杖請求時，WWW-Authenticate 會指出缺少的範圍。"}},
	{kinds("not-through-here"), 403, "RFC 9110 §15.5.4", lang.Text{
		En:   "The forward proxy and the interceptor pass on to the lab's own servers only, and to what --allow-upstream names.",
		ZhTW: "正向代理與攔截者只轉送到實驗室自己的伺服器，以及 --allow-upstream 列出的對象。"}},
	{kinds("same-resource"), 403, "RFC 4918 §9.8.5", lang.Text{
		En:   "A resource was to be copied or moved onto itself.",
		ZhTW: "要把資源複製或搬移到它自己身上。"}},
	{kinds("inside-itself"), 403, "RFC 4918 §9.9.4", lang.Text{
		En:   "A collection was to be moved into itself, where no path would lead to it any more.",
		ZhTW: "要把集合搬進它自己裡面，搬完就沒有路徑能到達它。"}},
	{kinds("not-authored"), 403, "RFC 9110 §15.5.4", lang.Text{
		En:   "The destination is in a part of the lab in which nothing can be made.",
		ZhTW: "目的地位於實驗室中不能建立任何東西的部分。"}},
	{kinds("segment-unusable", "binding-not-allowed", "other-server"), 403, "RFC 5842 §4", lang.Text{
		En:   "The binding cannot be made: its segment is no name, or its resource has one place only, or is on another server or in another world.",
		ZhTW: "無法建立這個繫結：segment 不能當名稱、資源只能有一個位置，或資源在別的伺服器或別的世界。"}},
	{kinds("listing-too-long"), 403, "RFC 4918 §9.1.1", lang.Text{
		En:   "A PROPFIND of all depths would have more entries than the server lists at once.",
		ZhTW: "列出所有深度的 PROPFIND，筆數超過伺服器一次願意列出的數量。"}},
	{kinds("document-type"), 403, "RFC 4918 §20.6", lang.Text{
		En:   "The XML in the content has a document type declaration, by which entities could be defined. None are expanded here.",
		ZhTW: "內容的 XML 含有文件類型宣告，可以藉此定義實體。這裡不展開任何實體。"}},
	{kinds("no-such-resource"), 404, "RFC 9110 §15.5.5", lang.Text{
		En:   "Nothing in the lab has this URI now.",
		ZhTW: "實驗室裡目前沒有東西使用這個 URI。"}},
	{kinds("no-such-page"), 404, "RFC 9110 §15.5.5", lang.Text{
		En:   "The site has no page at this path.",
		ZhTW: "網站在這個路徑沒有頁面。"}},
	{kinds("no-such-traffic"), 404, "RFC 9110 §15.5.5", lang.Text{
		En:   "Traffic is shown of a world that the request names, and of no other.",
		ZhTW: "只顯示請求所指明的世界的流量。"}},
	{kinds("nobodys-traffic"), 404, "RFC 9110 §15.5.5", lang.Text{
		En:   "The shared world is everybody's, so nobody is shown its traffic.",
		ZhTW: "共用的世界屬於所有人，所以不讓任何人看它的流量。"}},
	{kinds("no-such-replay"), 404, "RFC 9110 §15.5.5", lang.Text{
		En:   "There is no replay of that code: only of those that no server should send.",
		ZhTW: "這個狀態碼沒有重播：只有沒有伺服器該送的那些才有。"}},
	{kinds("no-such-world"), 404, "RFC 9110 §15.5.5", lang.Text{
		En:   "The world at /w/ was never made, or its time is over.",
		ZhTW: "/w/ 底下的這個世界從未建立，或期限已過。"}},
	{kinds("method-not-allowed"), 405, "RFC 9110 §15.5.6", lang.Text{
		En:   "The server implements the method, and the resource does not allow it. Allow lists those that it does.",
		ZhTW: "伺服器實作了這個方法，但這個資源不允許。允許的方法列在 Allow。"}},
	{kinds("nothing-acceptable"), 406, "RFC 9110 §15.5.7", lang.Text{
		En:   "The resource has several representations, and none is what the request accepts. The detail lists them.",
		ZhTW: "資源有幾種表示，沒有一種在請求所接受的範圍內。說明裡列出現有的表示。"}},
	{kinds("no-such-addition"), 406, "RFC 2324 §2.3.1", lang.Text{
		En:   "The pot has none of the additions that Accept-Additions lists.",
		ZhTW: "Accept-Additions 所列的添加物，壺一樣也沒有。"}},
	{kinds("no-manipulation"), 406, "RFC 3229 §10.5.3", lang.Text{
		En:   "A-IM refuses the representation as it is and lists nothing else that the server can make of it.",
		ZhTW: "A-IM 拒收原樣的表示，所列的其他方式伺服器又做不到。"}},
	{kinds("proxy-credentials-missing"), 407, "RFC 9110 §15.5.8", lang.Text{
		En:   "The request does not say to the forward proxy who asks.",
		ZhTW: "請求沒有向正向代理伺服器表明是誰。"}},
	{kinds("proxy-credentials-wrong"), 407, "RFC 9110 §15.5.8", lang.Text{
		En:   "The forward proxy knows no such user with that password, or cannot read the credentials.",
		ZhTW: "正向代理伺服器不認得這組使用者與密碼，或無法解讀憑證。"}},
	{kinds("silent-connection"), 408, "RFC 9110 §15.5.9", lang.Text{
		En:   "A new connection stayed silent for as long as the server waits for a first request.",
		ZhTW: "新連線在伺服器等待第一個請求的時間內沒有送來任何東西。"}},
	{kinds("head-timeout"), 408, "RFC 9110 §15.5.9", lang.Text{
		En:   "A request's head began and did not end in the time allowed.",
		ZhTW: "請求的標頭區段開始了，卻沒有在時限內送完。"}},
	{kinds("content-timeout"), 408, "RFC 9110 §15.5.9", lang.Text{
		En:   "The content paused for longer than the server waits, or took too long in all.",
		ZhTW: "內容停頓的時間超過伺服器願意等的長度，或整體花了太久。"}},
	{kinds("parent-missing"), 409, "RFC 9110 §15.5.10", lang.Text{
		En:   "The collection in which the resource would be made is not there.",
		ZhTW: "資源要放進去的集合並不存在。"}},
	{kinds("no-such-lock"), 409, "RFC 4918 §9.11.1", lang.Text{
		En:   "UNLOCK names a lock that is not on the resource.",
		ZhTW: "UNLOCK 所指的鎖不在這個資源上。"}},
	{kinds("nothing-bound"), 409, "RFC 5842 §4", lang.Text{
		En:   "What is to be bound, or the binding that is to be removed, is not there.",
		ZhTW: "要繫結的資源，或要移除的繫結，並不存在。"}},
	{kinds("patch-conflict"), 409, "RFC 5789 §2.2", lang.Text{
		En:   "The document is not in the state that the patch expects.",
		ZhTW: "文件的狀態與修補所預期的不同。"}},
	{kinds("challenge-expired"), 409, "RFC 9110 §15.5.10", lang.Text{
		En:   "The challenge that is to be paid for has expired. Nothing was paid.",
		ZhTW: "要付款的質詢已經過期，沒有扣款。"}},
	{kinds("purse-too-light"), 409, "RFC 9110 §15.5.10", lang.Text{
		En:   "The purse does not hold as much as the challenge asks for. Nothing was paid.",
		ZhTW: "錢包裡不夠付這份質詢，沒有扣款。"}},
	{kinds("paid-before"), 409, "RFC 9110 §15.5.10", lang.Text{
		En:   "The challenge was paid for before. Nothing was paid again.",
		ZhTW: "這份質詢已經付過，沒有重複扣款。"}},
	{kinds("conflict"), 409, "RFC 9110 §15.5.10", lang.Text{
		En:   "The present state of the target does not allow what is asked.",
		ZhTW: "目標目前的狀態不允許這個請求。"}},
	{kinds("removed"), 410, "RFC 9110 §15.5.11", lang.Text{
		En:   "The resource was removed on purpose and is not expected back.",
		ZhTW: "資源已被刻意移除，預期不會再回來。"}},
	{kinds("length-required"), 411, "RFC 9110 §15.5.12", lang.Text{
		En:   "The resource has to know the length of the content beforehand, and Content-Length is missing.",
		ZhTW: "這個資源必須事先知道內容長度，而請求沒有 Content-Length。"}},
	{kinds("if-match"), 412, "RFC 9110 §13.1.1", lang.Text{
		En:   "If-Match names no current version: the resource is not in the state that the client believes.",
		ZhTW: "If-Match 沒有列出目前的版本：資源的狀態與用戶端以為的不同。"}},
	{kinds("if-none-match"), 412, "RFC 9110 §13.1.2", lang.Text{
		En:   "If-None-Match names the current version, or is * where there is one, and the method would change it.",
		ZhTW: "If-None-Match 列出了目前的版本，或在已有版本時寫 *，而方法會變更資源。"}},
	{kinds("if-unmodified-since"), 412, "RFC 9110 §13.1.4", lang.Text{
		En:   "The resource was modified after the time in If-Unmodified-Since.",
		ZhTW: "資源在 If-Unmodified-Since 的時間之後被修改過。"}},
	{kinds("if"), 412, "RFC 4918 §10.4.1", lang.Text{
		En:   "No list of WebDAV's If is true: the resources are not locked with those tokens, or have other entity tags.",
		ZhTW: "WebDAV 的 If 沒有一個清單成立：資源不是以那些權杖鎖住的，或實體標籤不同。"}},
	{kinds("overwrite"), 412, "RFC 4918 §10.6", lang.Text{
		En:   "There is something at the destination already, and Overwrite: F forbids to replace it.",
		ZhTW: "目的地已經有東西，而 Overwrite: F 不准取代它。"}},
	{kinds("refreshes-no-lock"), 412, "RFC 4918 §9.10.6", lang.Text{
		En:   "A LOCK without content is to refresh a lock, and If names none that is on the resource.",
		ZhTW: "不帶內容的 LOCK 是要延長鎖，而 If 沒有指出這個資源上的任何鎖。"}},
	{kinds("content-too-large"), 413, "RFC 9110 §15.5.14", lang.Text{
		En:   "The content is larger than the server or the resource takes, as announced or as it turned out.",
		ZhTW: "內容超過伺服器或資源願意收的大小；可能是宣告的長度超過，也可能是收到一半才發現。"}},
	{kinds("content-too-large-now"), 413, "RFC 9110 §15.5.14", lang.Text{
		En:   "The content is larger than the resource takes just now; that limit ends at the time in Retry-After.",
		ZhTW: "內容超過資源目前願意收的大小；這個限制到 Retry-After 所說的時間為止。"}},
	{kinds("media-type"), 415, "RFC 9110 §15.5.16", lang.Text{
		En:   "The content is of a type that the resource does not take. Accept, Accept-Patch or Accept-Query lists those that it does.",
		ZhTW: "資源不接受這種型別的內容。接受的型別列在 Accept、Accept-Patch 或 Accept-Query。"}},
	{kinds("content-coding"), 415, "RFC 9110 §12.5.3", lang.Text{
		En:   "The content is in a coding that the resource does not take. Accept-Encoding lists those that it does.",
		ZhTW: "資源不接受這種編碼的內容。接受的編碼列在 Accept-Encoding。"}},
	{kinds("content-without-meaning"), 415, "RFC 4918 §8.4", lang.Text{
		En:   "The request has content, and its method has none that would be understood here.",
		ZhTW: "請求附有內容，而這個方法在這裡沒有任何看得懂的內容。"}},
	{kinds("range"), 416, "RFC 9110 §15.5.17", lang.Text{
		En:   "None of the ranges lies within the representation. Content-Range has its length.",
		ZhTW: "要求的範圍都不在表示之內。表示的長度在 Content-Range。"}},
	{kinds("expectation-unknown"), 417, "RFC 9110 §10.1.1", lang.Text{
		En:   "Expect holds something other than 100-continue, the one expectation that this server can meet.",
		ZhTW: "Expect 的值不是 100-continue；本伺服器只做得到這一種期望。"}},
	{kinds("teapot"), 418, "RFC 2324 §2.3.2", lang.Text{
		En:   "A pot that is a teapot was told to brew coffee. It is so for good; tea can be had.",
		ZhTW: "有人要一把茶壺煮咖啡。它永遠是茶壺；要茶就有。"}},
	{kinds("connection-not-secured"), 421, "RFC 9110 §7.4", lang.Text{
		En:   "The target is an https URI, and the request came over a connection in the clear.",
		ZhTW: "目標是 https 的 URI，請求卻從明文連線送來。"}},
	{kinds("connection-for-another-name"), 421, "RFC 9110 §15.5.20", lang.Text{
		En:   "The request is for a name that is served on connections of its own, and the TLS handshake of this one asked for another name.",
		ZhTW: "請求要找的名稱只在專屬的連線上提供服務，而這條連線的 TLS 交握指名的是另一個。"}},
	{kinds("challenge-unknown"), 422, "RFC 9110 §15.5.21", lang.Text{
		En:   "The challenge was not made in the world of the purse that is to pay for it.",
		ZhTW: "質詢不是錢包所在的世界開立的。"}},
	{kinds("cannot-be-carried-out"), 422, "RFC 9110 §15.5.21", lang.Text{
		En:   "The content is well formed and asks for something that cannot be done. The detail names the member.",
		ZhTW: "內容格式正確，但要求的事無法做到。說明裡指出是哪個成員。"}},
	{kinds("terms"), 422, "RFC 9110 §15.5.21", lang.Text{
		En:   "The captive portal's form says neither that the client agrees to the terms nor that it leaves.",
		ZhTW: "送到 captive portal 的表單，既沒有同意條款，也沒有表示要離開。"}},
	{kinds("locked"), 423, "RFC 4918 §11.3", lang.Text{
		En:   "A lock protects the resource, or the collection that would change with it, and If submits no token of it. The content names the root of the lock.",
		ZhTW: "有鎖保護這個資源，或會跟著變更的集合，而 If 沒有提交它的權杖。內容指出鎖的根。"}},
	{kinds("conflicting-lock"), 423, "RFC 4918 §9.10.6", lang.Text{
		En:   "A lock is there already that does not go with the one that LOCK asks for.",
		ZhTW: "已經有一個鎖，與 LOCK 所要求的不相容。"}},
	{kinds("early-data"), 425, "RFC 8470 §5.2", lang.Text{
		En:   "The request came in TLS early data, so it may be a replay, and a replay would do harm.",
		ZhTW: "請求在 TLS 早期資料中送達，可能是重放，而重放會造成影響。"}},
	{kinds("early-data-forwarded"), 425, "RFC 8470 §5.1", lang.Text{
		En:   "Early-Data says that the request was early on a hop before this one, so it may be a replay, and a replay would do harm.",
		ZhTW: "Early-Data 表示請求在前一段路是提早送出的，可能是重放，而重放會造成影響。"}},
	{kinds("early-data-claimed"), 425, "RFC 8470 §5.1", lang.Text{
		En:   "Early-Data says that the request was early on a hop before this one. No gateway is known at the address that it came from; it is refused all the same, since a replay would do harm.",
		ZhTW: "Early-Data 表示請求在前一段路是提早送出的。來源位址不是已知的閘道，但重放會造成影響，所以同樣拒絕。"}},
	{kinds("upgrade-required"), 426, "RFC 9110 §15.5.22", lang.Text{
		En:   "The resource speaks another protocol only, and the request does not offer it. Upgrade names it.",
		ZhTW: "資源只說另一種協定，而請求沒有提議切換。是哪一種，寫在 Upgrade。"}},
	{kinds("websocket-version"), 426, "RFC 6455 §4.2.2", lang.Text{
		En:   "The handshake is for a version of WebSocket that the resource does not speak. Sec-WebSocket-Version has the one that it does.",
		ZhTW: "交握所說的 WebSocket 版本，資源不支援。支援的版本寫在 Sec-WebSocket-Version。"}},
	{kinds("condition-required"), 428, "RFC 6585 §3", lang.Text{
		En:   "The resource takes conditional changes only, and the request has no condition.",
		ZhTW: "資源只接受附條件的變更，而請求沒有附條件。"}},
	{kinds("too-many-requests"), 429, "RFC 6585 §4", lang.Text{
		En:   "One user has asked more often than the limit allows. Retry-After says how long to wait.",
		ZhTW: "同一位使用者的請求超過限制。要等多久，寫在 Retry-After。"}},
	{kinds("legal-demand"), 451, "RFC 7725 §3", lang.Text{
		En:   "An order of the lab's register, all of which is fiction, forbids that the reader be given this. Whether it exists is not said.",
		ZhTW: "實驗室登記簿（純屬虛構）上的命令禁止向這位讀者提供；至於它是否存在，並未說明。"}},
}
