// Stories that every client must live through, told to two devices of one patient over a faulty line.
// `node stories.mjs LIBRARY URL TOKEN` prints a line of JSON at the end of each story, and where one
// needs the server backed up or restored; it goes on when it reads a line, which holds the new URL.

import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createInterface } from 'node:readline'
import { FaultyLine, dice } from './faults.mjs'
import { TryLater, Wire } from './outbox/wire.mjs'

const [library, url, token] = process.argv.slice(2)
const { openDevice } = await import(`./${library}/device.mjs`)
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const STEPS = 150
const SESSION = {
  kind: 'session',
  occurred_at: '2026-03-01T10:00:00+01:00',
  time_zone: 'Europe/Berlin',
  status: 'completed',
  substance: 'ketamine_racemic',
  route: 'iv_infusion',
  setting: 'clinic',
}
const MEMBERS = ['note', 'tags', 'occurred_at']
const ALL_OF_A_MOOD = {
  occurred_at: '2026-03-01T12:30:00+01:00',
  time_zone: 'Europe/Paris',
  score: 7,
}

async function tell(what) {
  console.log(JSON.stringify(what))
  return JSON.parse((await answers.next()).value)
}

async function openTwo(story, share = 0) {
  const devices = []
  for (const letter of ['a', 'b']) {
    const line = new FaultyLine(devices.length + 1, share)
    const deviceId = `${story}-${letter}`
    const wire = new Wire({ url, token, deviceId, fetch: line.fetch })
    const rejected = new Map()
    const device = await openDevice(`${library}-${deviceId}`, wire, (id, error) => {
      rejected.set(id, error)
    })
    devices.push({ ...device, wire, line, rejected })
  }
  return devices
}

async function settle(devices) {
  for (const device of devices) device.line.share = 0
  for (const device of [...devices, ...devices, ...devices]) await device.sync()
}

async function close(devices) {
  for (const device of devices) await device.close()
}

function mood(note) {
  return { kind: 'mood', occurred_at: '2026-03-01T12:00:00+01:00', time_zone: 'Europe/Berlin', score: 5, note }
}

async function all(device) {
  return Object.fromEntries(await device.read())
}

function expect(condition, what) {
  if (!condition) throw new Error(`${library}: ${what}`)
}

// Two devices write, and sync at any time, also while they write: a device has one round at a time.
async function converge(seed) {
  const devices = await openTwo(`converge-${seed}`, 0.3)
  const throwDice = dice(seed)
  const pick = (list) => list[Math.floor(throwDice() * list.length)]
  const created = []
  const deleted = []
  const edits = []
  let number = 0
  const fresh = (member) => {
    number += 1
    if (member === 'tags') return [`tag ${number}`]
    if (member === 'note') return `text ${number}`
    return `2026-03-01T12:00:00.${String(number).padStart(6, '0')}+01:00`
  }
  for (let step = 0; step < STEPS; step++) {
    const device = pick(devices)
    const ids = [...(await device.read()).keys()].filter((id) => created.includes(id))
    const chance = throwDice()
    if (chance < 0.15 || ids.length === 0) {
      const id = randomUUID()
      created.push(id)
      await device.create(id, { ...mood(fresh('note')), occurred_at: fresh('occurred_at') })
    } else if (chance < 0.65) {
      const [id, member] = [pick(ids), pick(MEMBERS)]
      const after = fresh(member)
      const before = await device.edit(id, { [member]: after })
      if (before) edits.push({ step, by: device.wire.deviceId, id, member, before: before[member], after })
    } else if (chance < 0.7) {
      const id = pick(ids)
      deleted.push(id)
      await device.remove(id)
    } else {
      const round = begin(device)
      if (chance < 0.9) await round
    }
  }
  for (const device of devices) await device.round
  await settle(devices)
  const [one, other] = [await all(devices[0]), await all(devices[1])]
  for (const [id, content] of Object.entries(one)) {
    for (const member of MEMBERS) {
      const made = edits.filter((each) => each.id === id && each.member === member)
      const lost = replaced(made).has(JSON.stringify(content[member]))
      expect(!lost, `an old ${member} came back (seed ${seed}): ${JSON.stringify([content, made])}`)
    }
  }
  const expected = created.filter((id) => !deleted.includes(id))
  for (const id of deleted) expect(!(id in one), 'a deleted entry came back')
  const faults = devices.map((device) => device.line.counts)
  await close(devices)
  return { one, other, expected, faults }
}

function begin(device) {
  device.round = Promise.resolve(device.round).then(() => device.sync()).catch(() => {})
  return device.round
}

// What happens once, between the server's next answer to a method and the device.
function onNext({ wire }, method, happen) {
  const { fetch } = wire
  wire.fetch = async (address, options) => {
    const answer = await fetch(address, options)
    if (options.method !== method) return answer
    wire.fetch = fetch
    await happen()
    return answer
  }
}

// What happens once, just before the device asks by a method.
function beforeNext({ wire }, method, happen) {
  const { fetch } = wire
  wire.fetch = async (address, options) => {
    if (options.method !== method) return fetch(address, options)
    wire.fetch = fetch
    await happen()
    return fetch(address, options)
  }
}

// Every value of a member that an edit took the place of.
function replaced(edits) {
  return new Set(edits.map((each) => JSON.stringify(each.before)))
}

// A push by a device that has pulled just before the restore, of all that a mood must have: the
// server cannot tell that this is a part of what it has lost.
async function pushUnaware(device, id) {
  device.wire.pull = async (cursor) => {
    delete device.wire.pull
    return { changes: [], cursor, reset: false }
  }
  await device.edit(id, ALL_OF_A_MOOD)
  await device.sync()
}

const stories = {
  converge: () => converge(7),
  converge_again: () => converge(8),

  async lost_reply() {
    const [a, b] = await openTwo('lost')
    const id = randomUUID()
    await a.create(id, mood('before'))
    await settle([a, b])
    await a.edit(id, { note: 'from a, whose reply is lost' })
    onNext(a, 'POST', async () => {
      await b.sync()
      await b.edit(id, { note: 'newer, by b' })
      await b.sync()
      throw new TypeError('lost on the way back')
    })
    await a.sync().catch(() => {})
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id] }
    await close([a, b])
    expect(result.one[id].note === 'newer, by b', 'an old text came back over a newer one')
    return result
  },

  // An answer that breaks off has said nothing: it is asked for again.
  async broken_off() {
    const [a, b] = await openTwo('off')
    const { fetch } = a.wire
    a.wire.fetch = async (...asked) => {
      a.wire.fetch = fetch
      return new Response((await (await fetch(...asked)).text()).slice(0, -1))
    }
    const error = await a.wire.page(0).catch((each) => each)
    expect(error instanceof TryLater, 'half an answer is no reason to try later')
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [] }
    await close([a, b])
    return result
  },

  // Who is told how long to wait can wait that long.
  async busy() {
    const [a, b] = await openTwo('busy')
    const { fetch } = a.wire
    const asked = [
      [429, { 'Retry-After': '7' }, 7],
      [503, { 'Retry-After': '1' }, 1],
      [502, {}, undefined],
    ]
    for (const [status, headers, seconds] of asked) {
      a.wire.fetch = async () => new Response('', { status, headers })
      const error = await a.wire.page(0).catch((each) => each)
      expect(error instanceof TryLater, `${status} is no reason to try later`)
      expect(error.seconds === seconds, `${status} does not say how long to wait`)
    }
    a.wire.fetch = fetch
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [] }
    await close([a, b])
    return result
  },

  async lost_create() {
    const [a, b] = await openTwo('create')
    const id = randomUUID()
    await a.create(id, mood('as first written'))
    onNext(a, 'POST', async () => {
      await a.edit(id, { note: 'written since' })
      throw new TypeError('lost on the way back')
    })
    await a.sync().catch(() => {})
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id] }
    await close([a, b])
    expect(result.one[id].note === 'written since', 'what was written since is lost')
    return result
  },

  async taken_back() {
    const [a, b] = await openTwo('back')
    const id = randomUUID()
    await a.create(id, mood('before'))
    await settle([a, b])
    await a.edit(id, { note: 'a draft' })
    onNext(a, 'POST', async () => {
      await a.edit(id, { note: 'before' })
    })
    await a.sync()
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id] }
    await close([a, b])
    expect(result.one[id].note === 'before', 'what was taken back came back')
    return result
  },

  async both_edit() {
    const [a, b] = await openTwo('both')
    const id = randomUUID()
    await a.create(id, { ...mood('before'), energy: 3, tags: ['x'] })
    await settle([a, b])
    await a.edit(id, { note: 'by a', energy: null })
    await b.edit(id, { tags: ['y'], stress: 2, scope: null })
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id] }
    await close([a, b])
    const { note, tags, stress, energy, scope } = result.one[id]
    expect(scope === 'moment', 'a default of the server is missing')
    expect(note === 'by a' && tags[0] === 'y' && stress === 2, 'an edit was lost')
    expect(energy === undefined, 'a member that was cleared came back')
    return result
  },

  // A page that was asked for before a push, and comes after its answer, shows an older state.
  async late_page() {
    const [a, b] = await openTwo('late')
    const id = randomUUID()
    await a.create(id, { ...mood('before'), tags: ['x'] })
    await settle([a, b])
    await b.edit(id, { tags: ['y'] })
    await b.sync()
    await a.edit(id, { note: 'by a' })
    let overtaken = false
    onNext(a, 'GET', async () => {
      await pause(200)
      await b.sync()
      overtaken = (await b.read()).get(id).note === 'by a'
      await b.edit(id, { note: 'newer, by b' })
      await b.sync()
    })
    await a.sync()
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id] }
    await close([a, b])
    const { note, tags } = result.one[id]
    expect(note === (overtaken ? 'newer, by b' : 'by a'), 'an old text came back over a newer one')
    expect(tags[0] === 'y', 'an edit was lost')
    return result
  },

  async rejected() {
    const [a, b] = await openTwo('rejected')
    const [id, cut, large, neighbour] = [0, 1, 2, 3].map(() => randomUUID())
    await a.create(id, { ...mood('kept on the phone'), score: 99 })
    await a.create(cut, mood('cut inside an emoji \ud83d'))
    await a.create(large, mood('more than a request may hold '.repeat(40_000)))
    await a.create(neighbour, mood('a neighbour'))
    await settle([a, b])
    expect(a.rejected.get(cut)?.pointer === '/note', 'the app was not told of a text that is none')
    expect(a.rejected.get(large)?.code === 'body_too_large', 'the app was not told of its size')
    expect(a.rejected.get(id)?.code === 'out_of_range', 'the app was not told')
    expect(a.rejected.get(id)?.pointer === '/score', 'the app was not told where')
    expect((await a.read()).get(id).note === 'kept on the phone', 'the text is gone')
    expect(!(await b.read()).has(id) && (await b.read()).has(neighbour), 'a neighbour was held up')
    await a.edit(id, { score: 9 })
    await a.edit(cut, { note: 'a whole emoji \u{1F305}' })
    await a.edit(large, { note: 'short' })
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id, cut, large, neighbour] }
    await close([a, b])
    return result
  },

  async session_later() {
    const [a, b] = await openTwo('session')
    const [id, session] = [0, 1].map(() => randomUUID())
    await a.create(id, { ...mood('before its session'), session_id: session })
    await a.sync()
    const pushed = await b.wire.push([{ id: session, op: 'upsert', data: SESSION }])
    expect(pushed[0].status === 'applied', 'the session is refused')
    await a.edit(id, { note: 'before its session' })
    await settle([a, b])
    expect((await b.read()).get(id)?.session_id === session, 'what waited for its session is not there')
    await a.edit(id, { session_id: null })
    await settle([a, b])
    await b.wire.push([{ id: session, op: 'delete' }])
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id] }
    await close([a, b])
    return result
  },

  // What was refused because of a session goes out once the conflict of that is resolved.
  async session_changed() {
    const [a, b] = await openTwo('changed')
    const [id, session] = [0, 1].map(() => randomUUID())
    await a.create(session, { ...SESSION, status: 'planned' })
    await settle([a, b])
    await a.edit(session, { status: 'completed' })
    const noted = { occurred_at: '2026-03-01T11:00:00+01:00', spontaneous: false, session_id: session }
    await a.create(id, { kind: 'dissociation', time_zone: 'Europe/Berlin', intensity: 4, ...noted })
    beforeNext(a, 'POST', async () => {
      await b.edit(session, { note: 'by b' })
      await b.sync()
    })
    await a.sync()
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id, session] }
    await close([a, b])
    expect(a.rejected.get(id)?.code === 'session_without_dose', 'the session was in no conflict')
    const { status, note } = result.one[session]
    expect(status === 'completed' && note === 'by b', 'an edit of the session was lost')
    return result
  },

  // The server takes what it is sent for the whole of an entry that does not open there any more.
  async spoilt() {
    const [a, b] = await openTwo('spoilt')
    const id = randomUUID()
    await a.create(id, mood('not changed since'))
    await a.sync()
    await tell({ ask: 'spoil', id })
    await a.edit(id, ALL_OF_A_MOOD)
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id] }
    await close([a, b])
    expect(result.one[id].note === 'not changed since', 'what was not changed of an entry is lost')
    expect(result.one[id].score === 7, 'what was changed of an entry is lost')
    return result
  },

  // Between the server's answer and the rest of the entry another device changes it.
  async spoilt_meanwhile() {
    const [a, b] = await openTwo('meanwhile')
    const [id, gone] = [0, 1].map(() => randomUUID())
    for (const each of [id, gone]) await a.create(each, mood('not changed since'))
    await a.sync()
    for (const each of [id, gone]) await tell({ ask: 'spoil', id: each })
    for (const each of [id, gone]) await a.edit(each, ALL_OF_A_MOOD)
    onNext(a, 'POST', async () => {
      await b.sync()
      await b.edit(id, { tags: ['by b'] })
      await b.remove(gone)
      await b.sync()
    })
    await a.sync()
    await settle([a, b])
    const result = { one: await all(a), other: await all(b), expected: [id] }
    await close([a, b])
    expect(!(gone in result.one), 'a deleted entry came back')
    const { note, score, tags } = result.one[id]
    expect(note === 'not changed since', 'what was not changed of an entry is lost')
    expect(score === 7 && tags?.[0] === 'by b', 'an edit was lost')
    return result
  },

  async deleted() {
    const [a, b] = await openTwo('deleted')
    const id = randomUUID()
    await a.create(id, mood('before'))
    await settle([a, b])
    await b.edit(id, { note: 'an edit that knows of nothing' })
    await a.remove(id)
    await a.sync()
    await settle([b, a])
    const result = { one: await all(a), other: await all(b), expected: [] }
    await close([a, b])
    return result
  },

  async restored() {
    const [a, b] = await openTwo('restored')
    const [c, d] = await openTwo('restored-early')
    const [edited, dropped, untouched, seen] = [0, 1, 2, 3].map(() => randomUUID())
    const [fresh, early, part] = [0, 1, 2].map(() => randomUUID())
    for (const id of [edited, dropped, untouched, seen]) await a.create(id, mood('before'))
    await settle([a, b])
    await tell({ ask: 'back up' })
    await c.create(early, mood('of a phone that has pulled nothing'))
    await c.sync()
    await a.edit(edited, { note: 'after' })
    await b.create(fresh, mood('after the backup'))
    await a.remove(dropped)
    await settle([a, b])
    await a.edit(seen, { note: 'after, and seen by nobody else' })
    await a.sync()
    await d.create(part, mood('not changed since'))
    await d.sync()
    const address = await tell({ ask: 'restore' })
    for (const device of [a, b, c, d]) device.wire.url = address
    await pushUnaware(d, part)
    await b.edit(seen, { tags: ['since'] })
    await b.sync()
    await a.edit(edited, { tags: ['since'] })
    await b.edit(fresh, { tags: ['since'] })
    await settle([a, b, c, d])
    const expected = [edited, untouched, seen, fresh, early, part]
    const result = { one: await all(a), other: await all(b), expected }
    await close([a, b, c, d])
    expect(!(dropped in result.one), 'a deletion that the server lost was forgotten')
    expect(result.one[part].note === 'not changed since', 'what was not changed of an entry is lost')
    expect(result.one[part].score === 7, 'what was changed of an entry is lost')
    expect(result.one[edited].note === 'after', 'an edit that the server lost was not brought back')
    expect(result.one[seen].note.startsWith('after'), 'what nobody else had seen is lost')
    for (const id of [edited, seen, fresh]) expect(result.one[id].tags?.[0] === 'since', 'an edit was lost')
    return result
  },
}

for (const [name, story] of Object.entries(stories)) {
  await tell({ story: name, ...(await story()) })
}
process.exit(0)
