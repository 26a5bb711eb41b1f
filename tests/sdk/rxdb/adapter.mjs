// Between RxDB's replication and the sync of Afterglow.
//
// RxDB pulls and pushes side by side, and writes down what it believes to be on the server a step
// apart from the document. So a document carries its own `base`, which is the content that the
// server held at `revision`, and `dirty` from the patient's edit until the server's answer; nothing
// here is concluded from the order of RxDB's steps.

import { getChangedDocumentsSince } from 'rxdb/plugins/core'
import { replicateRxCollection } from 'rxdb/plugins/replication'
import { contentOf, merged, same, wholePatch } from '../outbox/entries.mjs'
import { FILLER } from './schema.mjs'

const BATCH = 200
const MOST_DOCUMENTS = 1_000_000
const OURS = ['id', 'revision', 'base', 'dirty']
// How RxDB asks whether a pulled document has to overwrite the stored one, and whether a stored one
// has to be sent.
const OVERWRITING = 'downstream-check-if-equal-1'
const SENDING = 'upstream-check-if-equal'

export class Adapter {
  conflictHandler = { isEqual, resolve: async (input) => resolve(input) }
  written = new Map()
  turn = Promise.resolve()

  constructor(wire, { onRejected = () => {}, retryTime = 5000 } = {}) {
    Object.assign(this, { wire, onRejected, retryTime })
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
      pull: { handler: (point) => this.handOver(replication, point), batchSize: BATCH },
      push: { handler: (rows) => this.alone(() => this.push(rows)), batchSize: BATCH },
    })
    await replication.awaitInitialReplication()
    await replication.cancel()
  }

  // RxDB passes over what it pulled of a document while it still writes down that it was pushed.
  async handOver(replication, checkpoint) {
    const page = await this.alone(() => this.pull(checkpoint))
    await replication.internalReplicationState.streamQueue.up
    return page
  }

  // One at a time: a page that is asked for during a push would look like a restore.
  alone(task) {
    const done = this.turn.then(task)
    this.turn = done.catch(() => {})
    return done
  }

  // RxDB takes a page that is not full for the last one, so all pages are read here at once and
  // handed over as one: it may be as long as it likes, only not shorter than the whole.
  async pull(checkpoint) {
    const { changes, cursor, ...page } = await this.wire.pull(checkpoint?.cursor ?? 0)
    // RxDB keeps no checkpoint of an empty page: without one, a restore goes unnoticed.
    const reset = page.reset || !checkpoint
    if (checkpoint?.cursor === cursor) return { documents: [], checkpoint }
    const known = await this.known(reset ? null : changes.map((each) => each.id))
    const revived = changes.filter((each) => !each.deleted && known.get(each.id)?._deleted)
    if (revived.length) await this.wire.push(revived.map(({ id }) => ({ id, op: 'delete' })))
    if (reset) await this.bringBack(known, changes)
    const sessions = changes.filter((each) => each.entry?.kind === 'session')
    await this.reconsider(sessions.map((each) => each.id))
    const documents = changes.filter((each) => !revived.includes(each)).map(documentOf)
    return { documents, checkpoint: { cursor } }
  }

  // The answer lists every document that is not on the server exactly as it was sent, each with
  // the base to merge on.
  async push(rows) {
    const rank = (each) => (each.kind === 'session' ? 0 : 1)
    const documents = rows.map((row) => row.newDocumentState)
    const sent = documents.sort((one, other) => rank(one) - rank(other))
    const results = await this.send(sent)
    const differing = []
    for (const [place, result] of results.entries()) {
      const local = sent[place]
      if (result.status === 'rejected') {
        // RxDB takes the row for synced and sends it again when it changes. Its text has to be
        // kept by the app: a change from elsewhere may replace the row.
        this.onRejected(local.id, result.error, local)
        continue
      }
      const real = documentOf(result)
      if (isEqual(real, local)) continue
      differing.push(real._deleted ? real : { ...real, base: await this.mergeBase(local, result) })
    }
    return differing
  }

  // An entry that the server lost, and that is not whole, is told to be `missing`: as a new one it
  // is told what it lacks.
  async send(sent) {
    const results = await this.wire.push(sent.map(itemOf))
    for (const [place, result] of results.entries()) {
      if (result.status !== 'missing') continue
      const [anew] = await this.wire.push([{ ...itemOf(sent[place]), base_revision: 0 }])
      results[place] = anew
    }
    return results
  }

  // What was refused because of a session may fit once that has changed. It is dirty still, and
  // RxDB sends it when it is written anew.
  async reconsider(sessionIds) {
    if (!sessionIds.length) return
    const selector = { session_id: { $in: sessionIds }, dirty: true }
    for (const document of await this.collection.find({ selector }).exec()) {
      await document.incrementalModify((now) => now)
    }
  }

  async mergeBase(local, result) {
    if (result.status !== 'conflict') {
      this.written.set(result.id, result)
      return membersOf(local)
    }
    const owns = [result.own, this.written.get(result.id)].filter(Boolean)
    const [own] = owns.sort((one, other) => other.revision - one.revision)
    const known = own?.revision > local.revision ? own : { revision: local.revision, entry: local.base }
    const ground = await this.wire.groundOf(result, known.revision)
    return contentOf(ground ?? known.entry ?? {})
  }

  // After a restore the server may have lost what this device had seen. A document is based on what
  // both still know, and sent again.
  async bringBack(known, changes) {
    const found = new Map(changes.map((each) => [each.id, each]))
    for (const [id, document] of known) {
      const change = found.get(id)
      if (document._deleted || !document.revision || change?.deleted) continue
      const ground = change ? await this.wire.groundOf(change, document.revision) : {}
      if (ground) await this.rebase(document, ground)
    }
  }

  async rebase({ id, revision }, ground) {
    const rebased = { revision: ground.revision ?? revision, base: contentOf(ground), dirty: true }
    const document = await this.collection.findOne(id).exec()
    await document?.incrementalModify((now) => (now.revision === revision ? { ...now, ...rebased } : now))
  }

  // What is stored, deleted documents included: RxDB keeps them until its cleanup.
  async known(ids) {
    const storage = this.collection.storageInstance
    const every = async () => (await getChangedDocumentsSince(storage, MOST_DOCUMENTS)).documents
    const found = ids ? await storage.findDocumentsById(ids, true) : await every()
    return new Map(found.map((each) => [each.id, each]))
  }
}

function resolve({ newDocumentState: local, realMasterState: real }) {
  if (real._deleted) return real
  const remote = membersOf(real)
  const members = merged(real.base, membersOf(local), remote)
  const resolved = { id: real.id, revision: real.revision, base: remote, ...members, _deleted: false }
  return same(members, remote) ? resolved : { ...resolved, dirty: true }
}

// A deletion has no other content than that it is one. A pulled document that is older than the
// stored one, because a push was answered since, must not overwrite it. What is dirty is sent, also
// where RxDB takes a rejected text for the server's.
function isEqual(one, other, context) {
  if (context === SENDING && other.dirty) return false
  if (context === OVERWRITING && isOlder(one, other)) return true
  if (one._deleted || other._deleted) return one._deleted === other._deleted
  const alike = one.revision === other.revision && Boolean(one.dirty) === Boolean(other.dirty)
  return alike && same(membersOf(one), membersOf(other))
}

function isOlder(pulled, stored) {
  return stored._deleted || (!pulled._deleted && pulled.revision < stored.revision)
}

export function membersOf(document) {
  const members = Object.entries(document).filter(([name, value]) => {
    return value !== undefined && !OURS.includes(name) && !name.startsWith('_')
  })
  return Object.fromEntries(members)
}

function documentOf({ id, revision, deleted, entry }) {
  if (deleted) return { id, revision, ...FILLER, _deleted: true }
  const content = contentOf(entry)
  return { id, revision, base: content, ...content, _deleted: false }
}

// The whole content each time: so an entry that the server lost is made again.
function itemOf(local) {
  if (local._deleted) return { id: local.id, op: 'delete' }
  const data = wholePatch(local.base ?? {}, membersOf(local))
  return { id: local.id, op: 'upsert', base_revision: local.revision, data }
}
