// One phone, two patients: the first signs out with an unsent entry, the second signs in, the first is back.
// `node two_patients.mjs LIBRARY URL SIGN_INS` takes the three answers, and prints what each has seen on the
// phone.

import { randomUUID } from 'node:crypto'
import { Journals } from './outbox/journals.mjs'
import { Wire } from './outbox/wire.mjs'

const [library, url, answers] = process.argv.slice(2)
const { openDevice } = await import(`./${library}/device.mjs`)
const [first, second, back] = JSON.parse(answers)
const journals = new Journals(async (accountId) => {
  const wire = new Wire({ url, deviceId: randomUUID() })
  return { wire, ...(await openDevice(`${library}-${accountId}`, wire, () => {})) }
})

async function write(phone, note) {
  const at = { occurred_at: '2026-03-01T12:00:00+01:00', time_zone: 'Europe/Berlin' }
  await phone.create(randomUUID(), { kind: 'mood', ...at, score: 5, note })
}

async function seen(phone) {
  return [...(await phone.read()).values()].map(({ note }) => note).sort()
}

const one = await journals.signedIn(first)
await write(one, 'sent by the first')
await one.sync()
await write(one, 'not sent by the first')
const headers = { Authorization: `Bearer ${first.access_token}` }
const out = await fetch(`${url}/v1/devices/${first.device.id}`, { method: 'DELETE', headers })
if (out.status !== 204) throw new Error(`signing out is refused with ${out.status}`)

const other = await journals.signedIn(second)
await write(other, 'sent by the second')
await other.sync()
const seenByOther = await seen(other)

const again = await journals.signedIn(back)
const kept = await seen(again)
await again.sync()
const told = { second: seenByOther, kept, back: await seen(again) }
for (const phone of journals.phones.values()) await phone.close()
console.log(JSON.stringify(told))
process.exit(0)
