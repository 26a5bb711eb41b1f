// A client of its own, without a sync library: rows with their base, an outbox, and a merge.

import { contentOf, heldOf, merged, patchBetween, same, takenOf } from './entries.mjs'

const MOST_ROUNDS = 20

export class Phone {
  // A real app keeps all of this in its database, and each row with its outbox in one transaction.
  rows = new Map()
  buried = new Set()
  cursor = 0

  constructor(wire, { onRejected = () => {} } = {}) {
    Object.assign(this, { wire, onRejected })
  }

  write(id, content) {
    const row = this.rows.get(id) ?? { base: null, revision: 0, sent: [], refused: null }
    this.rows.set(id, { ...row, local: content })
  }

  remove(id) {
    this.write(id, null)
  }

  async sync() {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await this.pull()
      if (!(await this.push())) return
    }
  }

  async pull() {
    const { changes, cursor, reset } = await this.wire.pull(this.cursor)
    for (const change of changes) await this.absorb(change)
    if (reset) this.bringBackWhatIsMissing(new Set(changes.map((each) => each.id)))
    this.cursor = cursor
  }

  async push() {
    const items = this.outbox()
    for (const { id } of items) this.rememberSent(this.rows.get(id))
    const results = await this.wire.push(items)
    let again = false
    for (const [place, result] of results.entries()) {
      await this.settle(items[place], result)
      again ||= ['conflict', 'missing'].includes(result.status)
    }
    return again
  }

  outbox() {
    const items = [...this.rows].filter(([, row]) => isDirty(row)).map(([id, row]) => item(id, row))
    const rank = (each) => (each.data?.kind === 'session' ? 0 : 1)
    return items.sort((one, other) => rank(one) - rank(other))
  }

  rememberSent(row) {
    if (row.local) row.sent = [...row.sent.filter((each) => !same(each, row.local)), row.local]
  }

  async settle(item, result) {
    const row = this.rows.get(item.id)
    if (result.status === 'rejected') {
      const refused = row.sent.pop() ?? null
      if (result.error.code === 'session_not_found' && !this.buried.has(refused?.session_id)) return
      row.refused = refused
      this.onRejected(item.id, result.error)
    } else if (result.status === 'missing') {
      if (row.base === null) row.revision = 0 // it was whole already: what it lacks is to be told
      row.base = null
    } else if (item.op === 'upsert' && ['applied', 'unchanged'].includes(result.status)) {
      const sent = row.sent.at(-1)
      this.rebase(row, result.status === 'applied' ? heldOf(sent, result.entry) : sent, result)
    } else {
      await this.absorb(result)
    }
  }

  async absorb(change) {
    const row = this.rows.get(change.id)
    if (change.deleted) {
      this.rows.delete(change.id)
      this.buried.add(change.id)
    } else if (!row) {
      const base = contentOf(change.entry)
      // A restore brought an entry back that was deleted here: it is deleted again.
      const local = this.buried.has(change.id) ? null : base
      const { revision } = change
      this.rows.set(change.id, { local, base, revision, sent: [], refused: null })
    } else if (change.revision !== row.revision) {
      this.rebase(row, await this.mergeBase(row, change), change)
    }
  }

  async mergeBase(row, change) {
    if (change.own?.revision > row.revision) return contentOf(change.own.entry)
    const taken = row.base && !change.own && takenOf(row.base, row.sent, change.entry)
    if (taken) return heldOf(taken, change.entry) // its answer was lost
    const ground = await this.wire.groundOf(change, row.revision)
    return ground ? contentOf(ground) : row.base ?? {}
  }

  rebase(row, base, change) {
    const remote = contentOf(change.entry)
    if (row.local) row.local = merged(base, row.local, remote, row.sent)
    Object.assign(row, { base: remote, revision: change.revision, sent: [] })
    if (remote.kind === 'session') this.reconsider(change.id)
  }

  // What was refused because of a session may fit once that has changed.
  reconsider(sessionId) {
    for (const row of this.rows.values()) {
      if (row.local?.session_id === sessionId) row.refused = null
    }
  }

  bringBackWhatIsMissing(found) {
    for (const [id, row] of this.rows) {
      if (!found.has(id)) row.base = null
    }
  }
}

function isDirty(row) {
  if (row.local === null) return true
  return !same(row.local, row.base) && !same(row.local, row.refused)
}

function item(id, { local, base, revision }) {
  if (local === null) return { id, op: 'delete', base_revision: revision }
  const data = { kind: local.kind, ...(base ? patchBetween(base, local) : local) }
  return { id, op: 'upsert', base_revision: revision, data }
}
