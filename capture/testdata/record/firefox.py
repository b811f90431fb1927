#!/usr/bin/env python3
"""Prints the HAR that Firefox's own network monitor makes of a visit: the
monitor is opened on a tab, the page is visited, and the monitor is asked for
its HAR, which is what an extension gets from devtools.network.getHAR.

    capture/testdata/record/firefox.py http://127.0.0.1:8080 >firefox.har
"""
import json, os, shutil, socket, subprocess, sys, tempfile, time

ASKED = """
const get = (path, o) => fetch(path, o).then(r => r.text()).catch(e => String(e));
const done = arguments[arguments.length - 1];
(async () => {
	await get('/lab/page'); await get('/lab/page', {cache: 'no-cache'});
	await get('/status/404'); await get('/status/204'); await get('/status/302');
	await get('/status/401', {credentials: 'omit'});
	await get('/lab/page', {method: 'HEAD'});
	await get('/lab/page', {method: 'DELETE', credentials: 'omit'});
	await get('/lab/depot/har', {method: 'PUT', body: 'kept', headers: {'Content-Type': 'text/plain'}});
	await get('/lab/book', {headers: {Range: 'bytes=0-9'}});
	done('');
})();
"""

OPEN = """
const done = arguments[arguments.length - 1];
const {require} = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
const {gDevTools} = require("devtools/client/framework/devtools");
gDevTools.showToolboxForTab(gBrowser.selectedTab, {toolId: "netmonitor"}).then(t => { window.recorded = t; done(''); });
"""

HAR = """
const done = arguments[arguments.length - 1];
window.recorded.getHARFromNetMonitor().then(log => done(JSON.stringify({log}, null, 1)), e => done(String(e)));
"""


class Marionette:
    def __init__(self, port):
        for _ in range(150):
            try:
                self.s = socket.create_connection(("127.0.0.1", port))
                break
            except OSError:
                time.sleep(0.2)
        self.f = self.s.makefile("rb")
        self.read()
        self.n = 0

    def read(self):
        n = b""
        while (c := self.f.read(1)) != b":":
            n += c
        return json.loads(self.f.read(int(n)))

    def call(self, command, **args):
        self.n += 1
        m = json.dumps([0, self.n, command, args]).encode()
        self.s.sendall(b"%d:%s" % (len(m), m))
        _, _, err, result = self.read()
        if err:
            raise SystemExit(err)
        return result.get("value") if isinstance(result, dict) else result

    def script(self, script, context):
        self.call("Marionette:SetContext", value=context)
        return self.call("WebDriver:ExecuteAsyncScript", script=script, args=[])


def main(origin):
    profile = tempfile.mkdtemp()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with open(os.path.join(profile, "user.js"), "w") as f:
        f.write('user_pref("marionette.port", %d);\n' % port)
        f.write('user_pref("datareporting.policy.dataSubmissionEnabled", false);\n')
        f.write('user_pref("devtools.netmonitor.har.includeResponseBodies", true);\n')
    browser = subprocess.Popen(
        ["firefox-esr", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", profile],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        m = Marionette(port)
        m.call("WebDriver:NewSession", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        m.script(OPEN, "chrome")
        m.call("Marionette:SetContext", value="content")
        m.call("WebDriver:Navigate", url=origin + "/412")
        m.call("WebDriver:Refresh")
        m.script(ASKED, "content")
        time.sleep(1)
        print(m.script(HAR, "chrome"))
    finally:
        browser.terminate()
        browser.wait()
        shutil.rmtree(profile, ignore_errors=True)


main(sys.argv[1])
