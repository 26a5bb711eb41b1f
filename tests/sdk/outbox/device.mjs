// A device of the scenario without any library.

import { edited } from './entries.mjs'
import { Phone } from './phone.mjs'

export async function openDevice(name, wire, onRejected) {
  const phone = new Phone(wire, { onRejected })
  return {
    sync: () => phone.sync(),
    create: async (id, content) => phone.write(id, content),
    async edit(id, members) {
      const before = phone.rows.get(id)?.local
      if (before) phone.write(id, edited(before, members))
      return before
    },
    async remove(id) {
      if (phone.rows.has(id)) phone.remove(id)
    },
    async read() {
      const live = [...phone.rows].filter(([, row]) => row.local)
      return new Map(live.map(([id, row]) => [id, row.local]))
    },
    close: async () => {},
  }
}
