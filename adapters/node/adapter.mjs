// Drives one of Node's HTTP clients for the exam of Statute.
//
//     node adapter.mjs LIBRARY
//
// LIBRARY is a name of `libraries`, at the end of this file. The protocol stands
// in ../README.md. Each library is used as its own first example uses it:
// whatever it does by default it does here, and what had to be chosen is told in
// the options. The packages come from node_modules beside this file, or from the
// folder that STATUTE_NODE_MODULES names (npm ci, versions pinned in
// package-lock.json). NODE_EXTRA_CA_CERTS, which the exam sets, is the authority.

import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'

const limit = 64 << 10 // how much content is told of
const folder = process.env.STATUTE_NODE_MODULES || fileURLToPath(new URL('node_modules', import.meta.url))
const require = createRequire(join(folder, 'none.js'))
const load = name => import(pathToFileURL(require.resolve(name)).href)

// versionOf reads a package's own file, which not every package exports.
function versionOf (name) {
  return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version
}

class Unsupported extends Error {}

function octets ({ octets, length }) {
  const unit = Buffer.from(octets || '', 'base64')
  return Buffer.alloc(length, unit)
}

const streamed = order => order.content && (order.content.unlength || order.content.once)

// content is a Buffer, or a stream if no length is to be said; undefined for none.
function content (order) {
  if (!order.content) return undefined
  return streamed(order) ? Readable.from([octets(order.content)], { objectMode: false }) : octets(order.content)
}

// headers are the fields as an object; of those with one name, the values are joined.
function headers (order) {
  const all = {}
  for (const [name, value] of order.fields || []) all[name] = name in all ? `${all[name]}, ${value}` : value
  return all
}

function pairs (fields) {
  const all = []
  for (const [name, value] of typeof fields.entries === 'function' ? fields.entries() : Object.entries(fields)) {
    for (const v of [value].flat()) if (v !== undefined) all.push([name, String(v)])
  }
  return all
}

function answer (status, reason, fields, body, url) {
  const all = Buffer.from(body ?? '')
  return { status, reason: reason || '', fields: pairs(fields), content: all.subarray(0, limit).toString('base64'), length: all.length, url: url ? String(url) : '' }
}

// told is an error as the protocol tells it: its kind by the codes and messages
// on the way down to its cause.
function told (error) {
  const all = []
  for (let e = error; e && all.length < 20; e = e.cause) all.push(e.code, e.name, e.message, ...(e.errors || []).map(x => x.code))
  const text = all.filter(Boolean).join(' ')
  const kinds = [
    ['redirect_limit', /redirect count exceeded|max(imum)?[ _]redirect|too many redirects|TOO_MANY_REDIRECTS|Redirected \d+ times|ERR_FR_TOO_MANY|max-redirect/i],
    ['timeout', /timeout|ETIMEDOUT|ESOCKETTIMEDOUT|aborted due to timeout/i],
    ['tls', /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO/],
    ['protocol', /HPE_|HTTPParserError|Parse Error|ERR_HTTP2/],
    ['incomplete', /ECONNRESET|UND_ERR_SOCKET|socket hang up|premature|terminated|aborted|other side closed|EPIPE/i],
    ['connect', /ECONNREFUSED|ENOTFOUND/],
    ['redirect_refused', /redirect|unsupported protocol|ERR_INVALID_URL|Invalid URL/i]
  ]
  const kind = kinds.find(([, pattern]) => pattern.test(text))?.[0] || 'other'
  return { kind, message: `${error?.name}: ${error?.message}${error?.cause ? ` (${error.cause.code || ''} ${error.cause.message})` : ''}`.slice(0, 300) }
}

const basic = order => 'Basic ' + Buffer.from(`${order.user}:${order.password}`).toString('base64')

// whole reads a body and keeps what came before it broke.
async function whole (stream, got) {
  const parts = []
  try {
    for await (const part of stream) parts.push(Buffer.from(part))
  } catch (e) {
    got.error = told(e)
  }
  const body = Buffer.concat(parts)
  got.content = body.subarray(0, limit).toString('base64')
  got.length = body.length
  return got
}

// notParsed is the error of a library that was to read content as JSON.
const notParsed = error => ({ kind: 'content', message: `${error?.name}: ${error?.message}`.slice(0, 300) })

// parsed lets a library read content as JSON and adds its error, if it has one.
async function parsed (parse, got) {
  try {
    await parse()
  } catch (e) {
    got.error = e instanceof SyntaxError || e?.name === 'FetchError' && e.type === 'invalid-json' ? notParsed(e) : told(e)
  }
  return got
}

const common = ['get', 'content', 'fields', 'status', 'received', 'head', 'errors', 'method', 'tls']

// fetching is what every fetch is: the platform's, undici's, node-fetch's.
function fetching (fetch, more) {
  return {
    caps: [...common, 'redirect', 'url', 'reuse', 'json', 'fetch'],
    options: { use: 'fetch(url)' },
    session: () => ({
      async do (order) {
        const init = { method: order.method, headers: order.fields || [], redirect: order.follow ? 'follow' : 'manual', signal: AbortSignal.timeout(order.patience_ms) }
        if (order.content) Object.assign(init, { body: content(order) }, streamed(order) ? { duplex: 'half' } : {})
        const r = await fetch(order.url, init)
        const got = answer(r.status, r.statusText, r.headers, '', r.url)
        if (order.json) return parsed(() => r.json(), got)
        return r.body ? whole(r.body, got) : got
      }
    }),
    ...more
  }
}

async function undici (name, compose, more) {
  const { Agent, ProxyAgent, request, interceptors } = await load('undici')
  return {
    version: versionOf('undici'),
    caps: [...common, 'redirect', 'reuse', 'proxy', 'connect', 'json', ...(more.caps || [])],
    options: { use: 'undici.request(url, { dispatcher: new Agent() })', redirect: 'interceptors.redirect({ maxRedirections: 20 })', h2: 'new Agent({ allowH2: true })', ...more.options },
    over: ['h1', 'h2'],
    session () {
      const kept = new Map()
      return {
        async do (order) {
          const key = JSON.stringify([order.proxy, order.proxy_user, order.over])
          if (!kept.has(key)) {
            const auth = order.proxy_user ? 'Basic ' + Buffer.from(`${order.proxy_user}:${order.proxy_password}`).toString('base64') : undefined
            const own = order.proxy ? new ProxyAgent({ uri: order.proxy, token: auth }) : new Agent(order.over === 'h2' ? { allowH2: true } : {})
            kept.set(key, { own, used: compose(own, interceptors) })
          }
          let dispatcher = kept.get(key).used
          if (order.follow) dispatcher = dispatcher.compose(interceptors.redirect({ maxRedirections: 20 }))
          const r = await request(order.url, { dispatcher, method: order.method, headers: headers(order), body: content(order), signal: AbortSignal.timeout(order.patience_ms) })
          const got = answer(r.statusCode, r.statusText, r.headers, '')
          return order.json ? parsed(() => r.body.json(), got) : whole(r.body, got)
        },
        end () { for (const { own } of kept.values()) own.destroy() }
      }
    }
  }
}

const libraries = {
  async fetch () {
    return fetching(globalThis.fetch, { version: `${process.versions.node} (undici ${process.versions.undici})` })
  },
  undici: () => undici('undici', own => own, {}),
  'undici-retry': () => undici('undici-retry', (own, i) => own.compose(i.retry({ maxRetries: 2 })), { caps: ['retry'], options: { retries: 'interceptors.retry({ maxRetries: 2 })' } }),
  'undici-cache': () => undici('undici-cache', (own, i) => own.compose(i.cache()), { caps: ['cache'], options: { cache: 'interceptors.cache()' } }),

  async 'node-fetch' () {
    const { default: fetch } = await load('node-fetch')
    return fetching(fetch, { version: versionOf('node-fetch') })
  },

  // ky stands on the platform's fetch. It repeats some failures by itself, and
  // makes an error of a status that is no success.
  async ky () {
    const { default: ky } = await load('ky')
    return {
      version: versionOf('ky'),
      caps: [...common, 'redirect', 'url', 'reuse', 'retry', 'json', 'fetch'],
      options: { use: 'ky(url)', timeout: 'the order’s' },
      session: () => ({
        async do (order) {
          const options = { method: order.method, headers: order.fields || [], body: content(order), ...(streamed(order) ? { duplex: 'half' } : {}), redirect: order.follow ? 'follow' : 'manual', timeout: order.patience_ms }
          if (order.json) return parsed(() => ky(order.url, options).json(), answer(0, '', {}, ''))
          let r, failed
          try {
            r = await ky(order.url, options)
          } catch (e) {
            if (!e.response) throw e
            r = e.response
            failed = { kind: 'status', message: e.message }
          }
          const got = answer(r.status, r.statusText, r.headers, '', r.url)
          if (r.body && !r.bodyUsed) await whole(r.body, got)
          if (failed && !got.error) got.error = failed
          return got
        }
      })
    }
  },

  // axios makes an error of a status that is no success.
  async axios () {
    const { default: axios } = await load('axios')
    return {
      version: versionOf('axios'),
      caps: [...common, 'redirect', 'url', 'reuse', 'basic', 'proxy', 'connect', 'json'],
      options: { json: "responseType: 'json', transitional: { silentJSONParsing: false }", use: 'axios.request({ url })', auth: 'auth: { username, password }, sent unasked', content: 'responseType: arraybuffer' },
      session: () => ({
        async do (order) {
          const config = { url: order.url, method: order.method, headers: headers(order), data: content(order), timeout: order.patience_ms, responseType: 'arraybuffer' }
          // By default axios hands over as text what it cannot read, and says nothing.
          if (order.json) Object.assign(config, { responseType: 'json', transitional: { silentJSONParsing: false } })
          if (!order.follow) config.maxRedirects = 0
          if (order.user) config.auth = { username: order.user, password: order.password }
          config.proxy = false
          if (order.proxy) {
            const u = new URL(order.proxy)
            config.proxy = { protocol: 'http', host: u.hostname, port: Number(u.port), ...(order.proxy_user ? { auth: { username: order.proxy_user, password: order.proxy_password } } : {}) }
          }
          let r, failed
          try {
            r = await axios.request(config)
          } catch (e) {
            if (!e.response) throw e
            r = e.response
            failed = order.json && e.name === 'SyntaxError' ? notParsed(e) : e.code === 'ERR_BAD_REQUEST' || e.code === 'ERR_BAD_RESPONSE' ? { kind: 'status', message: e.message } : told(e)
          }
          const body = Buffer.isBuffer(r.data) ? r.data : Buffer.alloc(0)
          const got = answer(r.status, r.statusText, r.headers.toJSON ? r.headers.toJSON() : r.headers, body, r.request?.res?.responseUrl)
          if (failed) got.error = failed
          return got
        }
      })
    }
  },

  // got repeats some failures by itself, and makes an error of a status that is
  // no success.
  async got () {
    const { default: got } = await load('got')
    return {
      version: versionOf('got'),
      caps: [...common, 'redirect', 'url', 'reuse', 'basic', 'retry', 'json'],
      options: { use: 'got(url)', auth: '{ username, password }, sent unasked', h2: '{ http2: true }' },
      over: ['h1', 'h2'],
      session: () => ({
        async do (order) {
          const options = { method: order.method, headers: headers(order), followRedirect: Boolean(order.follow), timeout: { request: order.patience_ms }, responseType: order.json ? 'json' : 'buffer', http2: order.over === 'h2' }
          if (order.method === 'GET' && order.content) options.allowGetBody = true
          if (order.content) options.body = content(order)
          if (order.user) Object.assign(options, { username: order.user, password: order.password })
          let r, failed
          try {
            r = await got(order.url, options)
          } catch (e) {
            if (!e.response || e.name !== 'HTTPError' && e.name !== 'ParseError') throw e
            r = e.response
            failed = e.name === 'ParseError' ? notParsed(e) : { kind: 'status', message: e.message }
          }
          const report = answer(r.statusCode, r.statusMessage, r.headers, r.rawBody ?? r.body, r.url)
          if (failed) report.error = failed
          return report
        }
      })
    }
  },

  // superagent makes an error of a status that is no success.
  async superagent () {
    const { default: superagent } = await load('superagent')
    return {
      version: versionOf('superagent'),
      caps: [...common, 'redirect', 'reuse', 'cookies', 'basic', 'json'],
      options: { use: 'superagent.agent().get(url)', auth: '.auth(user, password), sent unasked', content: '.buffer(true).parse(octets as they are)', redirects: 'as many as it follows by itself' },
      session () {
        const agent = superagent.agent()
        return {
          async do (order) {
            let q = agent[order.method.toLowerCase()](order.url).timeout(order.patience_ms).buffer(true)
            if (!order.json) q = q.parse((res, done) => { const parts = []; res.on('data', p => parts.push(Buffer.from(p))); res.on('end', () => done(null, Buffer.concat(parts))) })
            for (const [name, value] of Object.entries(headers(order))) q = q.set(name, value)
            if (!order.follow) q = q.redirects(0)
            if (order.user) q = q.auth(order.user, order.password)
            let r, failed
            try {
              if (streamed(order)) throw new Unsupported('its content is streamed by pipe only')
              r = await (order.content ? q.send(order.content.length > 0 ? octets(order.content) : '') : q)
            } catch (e) {
              if (order.json && e instanceof SyntaxError) return { ...answer(e.statusCode, '', {}, ''), error: notParsed(e) }
              if (!e.response) throw e
              r = e.response
              failed = { kind: 'status', message: e.message }
            }
            const report = answer(r.status, r.res?.statusMessage, r.headers, Buffer.isBuffer(r.body) ? r.body : r.text)
            if (failed) report.error = failed
            return report
          }
        }
      }
    }
  },

  // needle follows redirects where it is told to.
  async needle () {
    const { default: needle } = await load('needle')
    return {
      version: versionOf('needle'),
      caps: [...common, 'redirect', 'basic', 'digest', 'proxy'],
      options: { use: "needle('get', url, null, { follow_max: 10 })", auth: "{ username, password, auth: 'auto' }: answers challenges", content: 'parse: false' },
      session: () => ({
        async do (order) {
          const options = { headers: headers(order), parse: false, follow_max: order.follow ? 10 : 0, response_timeout: order.patience_ms, read_timeout: order.patience_ms, open_timeout: order.patience_ms }
          if (order.user) Object.assign(options, { username: order.user, password: order.password, auth: 'auto' })
          if (order.proxy) {
            options.proxy = order.proxy
            if (order.proxy_user) Object.assign(options, { proxy_user: order.proxy_user, proxy_pass: order.proxy_password })
          }
          const r = await needle(order.method.toLowerCase(), order.url, content(order) ?? null, options)
          return answer(r.statusCode, r.statusMessage, r.headers, r.raw)
        }
      })
    }
  }
}

async function carryOut (library, sessions, order) {
  for (const [need, cap] of [['expect', 'expect'], ['websocket', 'websocket'], ['proxy', 'proxy'], ['netrc', 'netrc'], ['part', 'resume']]) {
    if (order[need] != null && order[need] !== false && !library.caps.includes(cap)) throw new Unsupported(`it has no ${cap}`)
  }
  if (order.user && !library.caps.includes('basic') && !library.caps.includes('digest')) throw new Unsupported('it has no credentials')
  if (!(library.over || ['h1']).includes(order.over || 'h1')) throw new Unsupported(`it does not speak ${order.over}`)
  if (order.pause_ms) await new Promise(resolve => setTimeout(resolve, order.pause_ms))
  if (!sessions.has(order.session)) sessions.set(order.session, library.session())
  return sessions.get(order.session).do(order)
}

const name = process.argv[2]
if (!Object.hasOwn(libraries, name ?? '')) {
  console.error(`usage: node adapter.mjs LIBRARY; LIBRARY is one of: ${Object.keys(libraries).join(', ')}`)
  process.exit(2)
}
const library = await libraries[name]().catch(e => {
  // undici 7, for one, needs Node 20.
  console.error(`${name} cannot be loaded by Node ${process.versions.node}: ${e.message.split('\n')[0]}`)
  process.exit(1)
})
const write = line => process.stdout.write(JSON.stringify(line) + '\n')
// An error that a library throws where nobody can catch it is its fault in this
// order, not the end of the exam.
let stray
process.on('uncaughtException', e => { stray?.(e) })
process.on('unhandledRejection', e => { stray?.(e) })

const sessions = new Map()
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  if (order.hello) {
    write({ hello: 1, subject: `node-${name}`, version: library.version, caps: library.caps, options: { ...library.options, node: process.versions.node } })
  } else if (order.end) {
    sessions.get(order.end)?.end?.()
    sessions.delete(order.end)
  } else {
    let report
    const began = Date.now()
    const patience = (order.pause_ms || 0) + (order.patience_ms || 10000)
    let timer
    try {
      report = await Promise.race([carryOut(library, sessions, order), new Promise((resolve, reject) => {
        stray = reject
        timer = setTimeout(reject, patience + 300, new Error('the order’s time is over, and the library has not given up'))
      })])
    } catch (e) {
      report = e instanceof Unsupported ? { unsupported: e.message } : { error: told(e) }
    }
    clearTimeout(timer)
    stray = undefined
    // Where the time that the library was given is over, that is the failure,
    // whatever it calls the end.
    if (report.error && Date.now() - began >= patience - 20) report.error.kind = 'timeout'
    write({ id: order.id, ...report })
  }
}
process.exit(0)
