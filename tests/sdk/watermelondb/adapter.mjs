// Between WatermelonDB's `synchronize` and the sync of Afterglow.

import { Q } from '@nozbe/watermelondb'
import { setRawColumnChange } from '@nozbe/watermelondb/sync/helpers.js'
import { synchronize } from '@nozbe/watermelondb/sync/index.js'
import { contentOf, same } from '../outbox/entries.mjs'
import { COLUMNS, DEFAULTS, LISTS } from './schema.mjs'

const MOST_ROUNDS = 20
const REFUSED = ['conflict', 'gone', 'missing', 'rejected']
const BURIED = 'afterglow_buried'

export class Adapter {
  owns = new Map()
  grounds = new Map()
  refused = new Map()

  constructor(database, wire, { onRejected = () => {} } = {}) {
    Object.assign(this, { database, wire, onRejected })
    this.entries = database.get('entries')
  }

  async sync() {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      this.again = false
      await synchronize({
        database: this.database,
        sendCreatedAsUpdated: true,
        pullChanges: ({ lastPulledAt }) => this.pull(lastPulledAt ?? 0),
        pushChanges: ({ changes }) => this.push(changes.entries),
        conflictResolver: (table, local, remote, resolved) => this.resolve(local, remote, resolved),
      })
      if (!this.again) return
    }
  }

  async pull(since) {
    this.owns.clear()
    this.grounds.clear()
    const { changes, cursor, reset } = await this.wire.pull(since)
    const live = changes.filter((each) => !each.deleted)
    const deleted = changes.filter((each) => each.deleted).map((each) => each.id)
    const known = await this.known(reset ? null : live.map((each) => each.id))
    for (const change of live) {
      this.owns.set(change.id, change.own)
      const revision = Math.max(0, known.get(change.id)?._raw.revision ?? 0)
      this.grounds.set(change.id, await this.wire.groundOf(change, revision))
      if (change.entry.kind === 'session') this.reconsider(change.id)
    }
    const revived = await this.buryAgain(live, deleted)
    if (reset) await this.bringBack(known, changes)
    const updated = live.filter((each) => !revived.has(each.id)).map((each) => rowOf(each))
    return { changes: { entries: { created: [], updated, deleted } }, timestamp: cursor }
  }

  async push({ created, updated, deleted }) {
    const raws = [...created, ...updated].filter((raw) => !same(this.refused.get(raw.id), told(raw)))
    const skipped = [...created, ...updated].filter((raw) => !raws.includes(raw))
    const rank = (each) => (each.data?.kind === 'session' ? 0 : 1)
    const items = [...deleted.map(removal), ...raws.map(upsert)].sort((a, b) => rank(a) - rank(b))
    const results = await this.wire.push(items)
    const lacking = lackingColumns(results, raws)
    await this.keepDirty(lacking)
    const buried = await this.remember(deleted)
    for (const result of results) {
      this.again ||= result.status !== 'rejected' && result.status !== 'unchanged'
      if (result.status === 'rejected') this.refuse(result, raws, buried)
      if (result.status === 'missing') await this.forget([result.id])
    }
    const rejected = results.filter((each) => REFUSED.includes(each.status)).map((each) => each.id)
    const kept = [...skipped.map((raw) => raw.id), ...lacking.keys()]
    return { experimentalRejectedIds: { entries: [...rejected, ...kept] } }
  }

  // Column by column: what was changed here stays, unless the server took it from here already.
  resolve(local, remote, resolved) {
    const own = this.owns.get(local.id)
    const taken = own && own.revision > local.revision ? columnsOf(own.entry) : null
    const ground = this.grounds.get(local.id)
    const changed = ground ? differing(local, ground) : changedColumns(local)
    const kept = changed.filter((name) => {
      return local[name] !== remote[name] && !(taken && local[name] === taken[name])
    })
    const result = { ...resolved, ...remote, id: local.id }
    for (const name of kept) result[name] = local[name]
    const _status = kept.length ? 'updated' : 'synced'
    return { ...result, _status, _changed: kept.join(',') }
  }

  // A deleted session does not come any more: that is to be told.
  refuse({ id, error }, raws, buried) {
    const refused = told(raws.find((raw) => raw.id === id))
    if (error.code === 'session_not_found' && !buried.has(refused.session_id)) return
    this.refused.set(id, refused)
    this.onRejected(id, error)
  }

  // What was refused because of a session may fit once that has changed.
  reconsider(sessionId) {
    for (const [id, refused] of this.refused) {
      if (refused.session_id === sessionId) this.refused.delete(id)
    }
  }

  async known(ids) {
    const found = await this.entries.query(...(ids ? [Q.where('id', Q.oneOf(ids))] : [])).fetch()
    return new Map(found.map((record) => [record.id, record]))
  }

  // After a restore: what the full read lacks was lost by the server, and is sent whole.
  async bringBack(known, changes) {
    const found = new Set(changes.map((each) => each.id))
    const lost = [...known.values()].filter((each) => !found.has(each.id) && each._raw.revision > 0)
    await this.forget(lost.map((each) => each.id))
  }

  // A minus before the revision is a change like any other: it makes the row dirty, and `upsert`
  // sends it whole, as one that the server has had. Where that did not do, it is sent as a new one.
  async forget(ids) {
    const known = await this.known(ids)
    await this.database.write(async () => {
      for (const record of known.values()) {
        const lost = 0 - Math.max(0, record._raw.revision)
        await record.update(() => record._setRaw('revision', lost))
      }
    })
  }

  // Where the server had lost an entry, it may have taken the changed columns for the whole. The
  // others count as changed from now on: the next round merges them and sends them.
  async keepDirty(lacking) {
    if (!lacking.size) return
    const known = await this.known([...lacking.keys()])
    await this.database.write(async () => {
      for (const [id, record] of known) {
        await record.update(() => {
          for (const name of lacking.get(id)) setRawColumnChange(record._raw, name)
        })
      }
    })
  }

  // After a restore: entries that were deleted here and came back are deleted again.
  async buryAgain(live, deleted) {
    const buried = await this.remember(deleted)
    const revived = live.filter((each) => buried.has(each.id)).map((each) => each.id)
    if (revived.length) await this.wire.push(revived.map(removal))
    return new Set(revived)
  }

  async remember(ids) {
    const buried = new Set((await this.database.localStorage.get(BURIED)) ?? [])
    if (ids.every((id) => buried.has(id))) return buried
    for (const id of ids) buried.add(id)
    await this.database.localStorage.set(BURIED, [...buried])
    return buried
  }
}

export function columnsOf(content) {
  const cell = (name) => {
    const value = content[name] ?? DEFAULTS[content.kind]?.[name] ?? null
    return LISTS.includes(name) && value ? JSON.stringify(value) : value
  }
  return Object.fromEntries(COLUMNS.map((name) => [name, cell(name)]))
}

export function contentOfRaw(raw) {
  const present = COLUMNS.filter((name) => raw[name] !== null)
  return Object.fromEntries(present.map((name) => [name, memberOf(raw, name)]))
}

function memberOf(raw, name) {
  return LISTS.includes(name) && raw[name] !== null ? JSON.parse(raw[name]) : raw[name]
}

function rowOf({ id, revision, entry }) {
  return { id, revision, ...columnsOf(contentOf(entry)) }
}

function differing(local, ground) {
  const columns = columnsOf({ kind: local.kind, ...ground })
  return COLUMNS.filter((name) => local[name] !== columns[name])
}

// WatermelonDB notes no columns for a row that was created here: all of them are new. (So a new
// row has to hold the defaults too: an empty column would count as cleared.)
function changedColumns(local) {
  if (local._status === 'created') return COLUMNS
  return local._changed.split(',').filter((name) => COLUMNS.includes(name))
}

function upsert(raw) {
  const whole = raw._status === 'created' || raw.revision <= 0
  const changed = Object.fromEntries(changedColumns(raw).map((name) => [name, memberOf(raw, name)]))
  const data = whole ? contentOfRaw(raw) : { kind: raw.kind, ...changed }
  return { id: raw.id, op: 'upsert', base_revision: Math.abs(raw.revision), data }
}

// Which columns of a row are not in the entry that the server made of the push, by id.
function lackingColumns(results, raws) {
  const rows = new Map(raws.map((raw) => [raw.id, contentOfRaw(raw)]))
  const lacking = results.flatMap(({ id, status, entry }) => {
    const names = status === 'applied' && entry ? Object.keys(rows.get(id)) : []
    return [[id, names.filter((name) => !(name in entry))]]
  })
  return new Map(lacking.filter(([, names]) => names.length))
}

function removal(id) {
  return { id, op: 'delete' }
}

function told(raw) {
  return contentOfRaw(raw)
}
