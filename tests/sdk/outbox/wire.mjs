// The two operations of the sync, and the errors a client can do something about.

const MOST_ITEMS = 200
// A restore lifts revisions by 2^30, less the few that were lost: edits alone never do.
const FAR = 2 ** 29

// `seconds` is how long the server asks to wait; undefined where it did not say.
export class TryLater extends Error {
  constructor(message, { seconds, ...options } = {}) {
    super(message, options)
    this.seconds = seconds
  }
}

class TooLarge extends Error {}
class ResetRequired extends Error {}

export class Wire {
  constructor({ url, token, deviceId, fetch = globalThis.fetch }) {
    Object.assign(this, { url, token, deviceId, fetch })
  }

  // One page. Throws ResetRequired when the server was restored since the cursor was handed out.
  page(cursor, limit = MOST_ITEMS) {
    return this.#ask('GET', '/v1/sync/changes', { cursor, limit, device_id: this.deviceId })
  }

  // Every change after the cursor. `reset` says that everything was read, from the beginning.
  async pull(cursor) {
    try {
      return { ...(await this.#pages(cursor)), reset: false }
    } catch (error) {
      if (!(error instanceof ResetRequired)) throw error
      return { ...(await this.#pages(0)), reset: true }
    }
  }

  // A result for each item, in order. A batch that is too large is halved; an item that is too
  // large by itself holds up no other.
  async push(items, most = MOST_ITEMS) {
    const results = []
    while (results.length < items.length) {
      const changes = items.slice(results.length, results.length + most)
      try {
        const body = { device_id: this.deviceId, changes }
        results.push(...(await this.#ask('POST', '/v1/sync/changes', {}, body)).results)
      } catch (error) {
        if (!(error instanceof TooLarge)) throw error
        if (changes.length === 1) results.push(tooLarge(changes[0]))
        most = Math.ceil(changes.length / 2)
      }
    }
    return results
  }

  // What to merge on when the server lost what this device saw at `revision`; undefined when it
  // lost nothing. A restore can also have lost it in part: then the newest version is returned
  // that both have known.
  async groundOf(change, revision) {
    if (revision === 0 || change.own?.revision > revision) return undefined
    if (change.revision < revision) return change.entry
    if (change.revision < revision + FAR) return undefined
    const version = await this.#versionUpTo(change.id, revision)
    if (version?.revision === revision) return undefined
    return version?.entry ?? {}
  }

  async #pages(cursor) {
    const changes = []
    for (let more = true; more; ) {
      const page = await this.page(cursor)
      changes.push(...page.changes)
      cursor = page.cursor
      more = page.has_more
    }
    return { changes, cursor }
  }

  async #versionUpTo(id, revision) {
    const query = { limit: MOST_ITEMS }
    for (;;) {
      const page = await this.#ask('GET', `/v1/entries/${id}/history`, query)
      const version = page?.items.find((each) => each.revision <= revision)
      if (version || !page?.next_cursor) return version
      query.cursor = page.next_cursor
    }
  }

  async #ask(method, path, query, body) {
    const headers = { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' }
    const options = { method, headers, body: body && JSON.stringify(body) }
    let answer
    try {
      answer = await this.fetch(`${this.url}${path}?${new URLSearchParams(query)}`, options)
      if (answer.ok) return await answer.json() // it can break off here too
    } catch (error) {
      throw new TryLater('no answer', { cause: error })
    }
    if (answer.status === 404) return undefined
    if (answer.status === 410) throw new ResetRequired()
    if (answer.status === 413) throw new TooLarge()
    if ([408, 429].includes(answer.status) || answer.status >= 500) {
      const seconds = Number(answer.headers.get('Retry-After')) || undefined
      throw new TryLater(`${answer.status}`, { seconds })
    }
    throw new Error(`the server refuses with ${answer.status}: ${(await answer.json()).code}`)
  }
}

function tooLarge({ id }) {
  return { id, status: 'rejected', error: { code: 'body_too_large', pointer: '' } }
}
