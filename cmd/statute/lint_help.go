package main

import "github.com/statute-http/statute/lang"

var lintHelp = lang.Text{
	En: "Reads what was recorded, or what passes, and names each answer that breaks what its status code obliges: why, by which section, and what to send instead.\n\n" +
		"A `FILE` is a HAR, a WARC, raw HTTP/1.1 messages, the output of curl, a journal of ours or an OpenAPI description, also compressed with gzip or zstd; what it is shows from its content. `-` is stdin. A URL is asked: with GET, then with HEAD, OPTIONS, conditions, ranges and negotiation, so that answers can be held against one another. Redirects are followed as long as they stay on the host that was named.\n\n" +
		"`--proxy` and `--reverse` pass traffic on octet by octet and judge it as it passes, until they are interrupted. `--proxy` changes one thing, the form of the request target where the client speaks to the proxy in the clear. What goes through it by CONNECT stays closed unless `--open-tls` is given and the client trusts the authority of `statute ca`.\n\n" +
		"A rule that a recording has not the evidence for says nothing; the end of the report counts such rules and says what would have to be recorded. `statute lint --explain RULE` shows a rule's page.\n\n" +
		"Levels, the gravest first: `must` breaks a MUST or the grammar, `should` a SHOULD, `definition` contradicts what a code means, `advice` breaks no sentence. With `--baseline` the exit code is 1 only for findings that are new: another rule, method, address without query, status or place.\n\n" +
		"With `--format json` each line is a finding. Its members stay; new ones may come:\n\n" +
		"- `rule`, `level`, `codes` (that the rule looks at, empty for all), `spec`, `who` (has to mend it: server, client, intermediary) and `about` (message, exchange, sequence, cause) are the rule's.\n" +
		"- `input`, `entry` (number of the exchange in it, from 1), `name` (what the input calls it), `offset` (of its first octet, or null) and `line` (or 0) say where it stands.\n" +
		"- `method`, `url` and `status` are the exchange's, `part` (request, interim, final) and `field` the place of the mistake in it.\n" +
		"- `message` is a sentence, `lines` are the lines of the messages concerned, after `> ` or `< `.\n\n" +
		"What cannot be read is told on stderr with file, entry and octet; the rest is judged, and the exit code is 3.",
	ZhTW: "讀取錄下的或正在經過的流量，指出每一個違反狀態碼義務的回應：為什麼、依據哪一節、該改送什麼。\n\n" +
		"`FILE` 可以是 HAR、WARC、原始 HTTP/1.1 訊息、curl 的輸出、本程式的日誌或 OpenAPI 描述，也可以經 gzip 或 zstd 壓縮；依內容判斷是哪一種。`-` 表示 stdin。給 URL 則會實際詢問：先 GET，再用 HEAD、OPTIONS、條件、範圍與協商，讓各個回應可以互相對照。只要重新導向仍在您指定的主機上，就會跟著走。\n\n" +
		"`--proxy` 與 `--reverse` 把流量原樣逐位元組轉送，同時加以判斷，直到被中斷。`--proxy` 只改一件事：用戶端以明文與代理通訊時，請求目標的形式。經由 CONNECT 的流量不會打開，除非使用 `--open-tls`，而且用戶端信任 `statute ca` 的憑證機構。\n\n" +
		"紀錄的證據不足以判斷時，規則就不作聲；報告結尾會統計這些規則，並說明要錄下什麼才能判斷。`statute lint --explain RULE` 顯示規則的說明頁。\n\n" +
		"程度由重到輕：`must` 違反「必須」或語法，`should` 違反「應該」，`definition` 與狀態碼的意思矛盾，`advice` 沒有違反哪一句。使用 `--baseline` 時，只有新的發現才會以 1 結束：規則、方法、不含查詢的位址、狀態碼或位置有所不同。\n\n" +
		"使用 `--format json` 時，每一行是一個發現。既有的成員不會改變，日後可能增加：\n\n" +
		"- `rule`、`level`、`codes`（規則檢查的狀態碼，空的表示全部）、`spec`、`who`（由誰修正：server、client、intermediary）和 `about`（message、exchange、sequence、cause）屬於規則。\n" +
		"- `input`、`entry`（在輸入裡是第幾次往來，從 1 起）、`name`（輸入給它的名稱）、`offset`（第一個位元組的位置，或 null）和 `line`（或 0）說明在哪裡。\n" +
		"- `method`、`url` 和 `status` 屬於該次往來，`part`（request、interim、final）和 `field` 是錯誤在其中的位置。\n" +
		"- `message` 是一句話，`lines` 是相關的訊息行，前面有 `> ` 或 `< `。\n\n" +
		"無法讀取的部分會在 stderr 說明檔案、第幾筆和第幾個位元組；其餘照常判斷，結束代碼是 3。",
}
