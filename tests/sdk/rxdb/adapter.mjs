// Between RxDB's replication and the sync of Afterglow.

import { getChangedDocumentsSince } from 'rxdb/plugins/core'
import { replicateRxCollection } from 'rxdb/plugins/replication'
import { contentOf, merged, same } from '../outbox/entries.mjs'
import { FILLER, PROPERTIES, REQUIRED } from './schema.mjs'

const BATCH = 200
const MOST_DOCUMENTS = 1_000_000
const OPTIONAL = Object.keys(PROPERTIES).filter((name) => !REQUIRED.includes(name))

export class Adapter {
  owns = new Map()
  grounds = new Map()

  constructor(wire, { onRejected = () => {}, retryTime = 5000 } = {}) {
    Object.assign(this, { wire, onRejected, retryTime })
    this.conflictHandler = { isEqual, resolve: async (input) => this.resolve(input) }
  }

  // One round with the collection that was made with `conflictHandler`; for a live replication,
  // leave `live` out and call `reSync()` when the app comes to the front.
  async sync(collection) {
    this.collection = collection
    const replication = replicateRxCollection({
      collection,
      replicationIdentifier: 'afterglow',
      live: false,
      retryTime: this.retryTime,
      pull: { handler: (checkpoint) => this.pull(checkpoint), batchSize: BATCH },
      push: { handler: (rows) => this.push(rows), batchSize: BATCH },
    })
    await replication.awaitInitialReplication()
    await replication.cancel()
  }

  // RxDB takes a page that is not full for the last one, so all pages are read here at once and
  // handed over as one: it may be as long as it likes, only not shorter than the whole.
  async pull(checkpoint) {
    const { changes, cursor, reset } = await this.wire.pull(checkpoint?.cursor ?? 0)
    if (checkpoint?.cursor === cursor) return { documents: [], checkpoint }
    const known = await this.known(reset ? null : changes.map((each) => each.id))
    const revived = changes.filter((each) => !each.deleted && known.get(each.id)?._deleted)
    if (revived.length) await this.wire.push(revived.map(({ id }) => ({ id, op: 'delete' })))
    for (const change of changes) await this.findGround(change, known.get(change.id))
    if (reset) await this.bringBack(known, changes)
    const documents = changes.filter((each) => !revived.includes(each)).map(documentOf)
    return { documents, checkpoint: { cursor } }
  }

  // The answer lists every document that is not on the server exactly as it was sent.
  async push(rows) {
    const results = await this.wire.push(rows.map(itemOf))
    const differing = []
    for (const [place, result] of results.entries()) {
      const sent = rows[place].newDocumentState
      if (result.status === 'rejected') {
        // RxDB takes the row for synced and sends it again when it changes. Its text has to be
        // kept by the app: a change from elsewhere may replace the row.
        this.onRejected(result.id, result.error, sent)
        continue
      }
      this.owns.set(result.id, result.own)
      const real = documentOf(result)
      if (!isEqual(real, sent)) differing.push(real)
    }
    return differing
  }

  resolve({ newDocumentState: local, assumedMasterState: assumed, realMasterState: real }) {
    if (real._deleted) return real
    if (local._deleted) return { ...local, revision: real.revision }
    const own = this.owns.get(real.id)
    let base = assumed ? membersOf(assumed) : {}
    if (own && own.revision > (assumed?.revision ?? 0)) base = contentOf(own.entry)
    else if (isLost(local, assumed)) base = this.grounds.get(real.id) ?? {}
    const members = merged(base, membersOf(local), membersOf(real))
    return { id: real.id, revision: real.revision, ...members, _deleted: false }
  }

  // After a restore the server may have lost what this device had seen. A document whose revision
  // is set to 0 differs from what RxDB believes to be on the server, so it is sent again.
  async findGround(change, known) {
    if (change.deleted || !known || known._deleted) return
    const ground = await this.wire.groundOf(change, known.revision)
    if (!ground) return
    this.grounds.set(change.id, contentOf(ground))
    await this.forget(change.id)
  }

  async bringBack(known, changes) {
    const found = new Set(changes.map((each) => each.id))
    for (const [id, document] of known) {
      if (!found.has(id) && !document._deleted && document.revision) await this.forget(id)
    }
  }

  async forget(id) {
    const document = await this.collection.findOne(id).exec()
    await document?.incrementalPatch({ revision: 0 })
  }

  // What is stored, deleted documents included: RxDB keeps them until its cleanup.
  async known(ids) {
    const storage = this.collection.storageInstance
    const every = async () => (await getChangedDocumentsSince(storage, MOST_DOCUMENTS)).documents
    const found = ids ? await storage.findDocumentsById(ids, true) : await every()
    return new Map(found.map((each) => [each.id, each]))
  }
}

// A deletion has no other content than that it is one.
export function isEqual(one, other) {
  if (one._deleted || other._deleted) return one._deleted === other._deleted
  return one.revision === other.revision && same(membersOf(one), membersOf(other))
}

export function membersOf(document) {
  const present = Object.keys(PROPERTIES).filter((name) => document[name] !== undefined)
  return Object.fromEntries(present.map((name) => [name, document[name]]))
}

function isLost(local, assumed) {
  return Boolean(assumed) && local.revision === 0
}

function documentOf({ id, revision, deleted, entry }) {
  if (deleted) return { id, revision, ...FILLER, _deleted: true }
  return { id, revision, ...contentOf(entry), _deleted: false }
}

// The whole content each time: what RxDB believes to be on the server may be a rejected text.
function itemOf({ newDocumentState: local, assumedMasterState: assumed }) {
  if (local._deleted) return { id: local.id, op: 'delete' }
  const cleared = Object.fromEntries(OPTIONAL.map((name) => [name, null]))
  const base = assumed?._deleted ? 0 : assumed?.revision ?? 0
  return { id: local.id, op: 'upsert', base_revision: base, data: { ...cleared, ...membersOf(local) } }
}
