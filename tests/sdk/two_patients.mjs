// One phone, two patients: the first signs out with an unsent entry, the second signs in, the first is back.
// `node two_patients.mjs URL SIGN_INS` takes the three answers, and prints what each has seen on the phone.

import { randomUUID } from 'node:crypto'
import { Journals } from './outbox/journals.mjs'
import { Phone } from './outbox/phone.mjs'
import { Wire } from './outbox/wire.mjs'

const [url, answers] = process.argv.slice(2)
const [first, second, back] = JSON.parse(answers)
const journals = new Journals(() => new Phone(new Wire({ url, deviceId: randomUUID() })))

function write(phone, note) {
  const at = { occurred_at: '2026-03-01T12:00:00+01:00', time_zone: 'Europe/Berlin' }
  phone.write(randomUUID(), { kind: 'mood', ...at, score: 5, note })
}

function seen(phone) {
  return [...phone.rows.values()].map((row) => row.local.note).sort()
}

const one = journals.signedIn(first)
write(one, 'sent by the first')
await one.sync()
write(one, 'not sent by the first')
const headers = { Authorization: `Bearer ${first.access_token}` }
const out = await fetch(`${url}/v1/devices/${first.device.id}`, { method: 'DELETE', headers })
if (out.status !== 204) throw new Error(`signing out is refused with ${out.status}`)

const other = journals.signedIn(second)
write(other, 'sent by the second')
await other.sync()
const seenByOther = seen(other)

const again = journals.signedIn(back)
const kept = seen(again)
await again.sync()
console.log(JSON.stringify({ second: seenByOther, kept, back: seen(again) }))
