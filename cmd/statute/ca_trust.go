package main

import (
	"strings"

	"github.com/statute-http/statute/cert"
	"github.com/statute-http/statute/lang"
)

// trustPlaces says where certificates that are trusted are kept. {file} stands
// for the path of ca.pem, {serial} for the certificate's serial number.
var trustPlaces = []struct {
	where    lang.Text
	trust    string
	distrust string // empty where nothing stays behind
}{
	{
		where: lang.Text{En: "curl, for one request", ZhTW: "curl，只在這一次請求"},
		trust: "curl --cacert {file} https://localhost:8080/",
	},
	{
		where: lang.Text{
			En:   "Programs in Go (not on macOS and Windows), OpenSSL and Ruby; it takes the place of the system's file of authorities",
			ZhTW: "Go（macOS 和 Windows 除外）、OpenSSL 和 Ruby 的程式；會取代系統的憑證機構檔"},
		trust: "export SSL_CERT_FILE={file}",
	},
	{
		where: lang.Text{En: "Node.js, besides its own authorities", ZhTW: "Node.js，加在原有的之外"},
		trust: "export NODE_EXTRA_CA_CERTS={file}",
	},
	{
		where: lang.Text{En: "Python with requests; it replaces the authorities of the package", ZhTW: "Python 的 requests；會取代套件內附的憑證機構"},
		trust: "export REQUESTS_CA_BUNDLE={file}",
	},
	{
		where:    lang.Text{En: "Debian, Ubuntu, Alpine: the whole system", ZhTW: "Debian、Ubuntu、Alpine：整個系統"},
		trust:    "sudo cp {file} /usr/local/share/ca-certificates/statute.crt && sudo update-ca-certificates",
		distrust: "sudo rm /usr/local/share/ca-certificates/statute.crt && sudo update-ca-certificates",
	},
	{
		where:    lang.Text{En: "Fedora, RHEL: the whole system", ZhTW: "Fedora、RHEL：整個系統"},
		trust:    "sudo cp {file} /etc/pki/ca-trust/source/anchors/statute.pem && sudo update-ca-trust",
		distrust: "sudo rm /etc/pki/ca-trust/source/anchors/statute.pem && sudo update-ca-trust",
	},
	{
		where:    lang.Text{En: "macOS: your keychain", ZhTW: "macOS：您的鑰匙圈"},
		trust:    "security add-trusted-cert -k ~/Library/Keychains/login.keychain-db {file}",
		distrust: "security remove-trusted-cert {file}",
	},
	{
		where:    lang.Text{En: "Windows: your own store", ZhTW: "Windows：您自己的憑證存放區"},
		trust:    "certutil -user -addstore Root {file}",
		distrust: "certutil -user -delstore Root {serial}",
	},
	{
		where: lang.Text{
			En:   "Firefox: Settings, Privacy & Security, View Certificates, Authorities, Import; to undo it, Delete or Distrust in the same place. Choose",
			ZhTW: "Firefox：設定、隱私權與安全性、檢視憑證、憑證機構、匯入；在同一處可以刪除或取消信任。選擇"},
		trust: "{file}",
	},
}

// trustHints says for each place how to make the certificate trusted there, and
// how to undo it. Commands are not wrapped, so that they can be copied.
func (env *environment) trustHints(a *cert.Authority, file string) string {
	t := env.terminal()
	var b strings.Builder
	t.wrap(&b, "", "", span{env.in(lang.Text{
		En:   "Trust the authority only as far as you need it: the first ways end with the command or the shell, the later ones hold until they are undone.",
		ZhTW: "需要到哪裡，就信任到哪裡：前幾種方式隨指令或 shell 結束，後幾種則一直有效，直到撤銷。"}), plainStyle})
	fill := func(command string) string {
		if command == "{file}" {
			return file
		}
		return strings.NewReplacer("{file}", shellQuote(file), "{serial}", a.Root().SerialNumber.Text(16)).Replace(command)
	}
	for _, p := range trustPlaces {
		b.WriteByte('\n')
		t.wrap(&b, "", "", span{env.in(p.where), strongStyle})
		b.WriteString(bodyIndent + t.paint(codeStyle, fill(p.trust)) + "\n")
		if p.distrust != "" {
			b.WriteString(bodyIndent + env.in(lang.Text{En: "undo: ", ZhTW: "撤銷："}) + t.paint(codeStyle, fill(p.distrust)) + "\n")
		}
	}
	return b.String()
}

// shellQuote quotes a path that a shell would not take as one word.
func shellQuote(path string) string {
	if !strings.ContainsAny(path, " \t\n'\"$&;|<>()*?[]#~`\\!{}") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
