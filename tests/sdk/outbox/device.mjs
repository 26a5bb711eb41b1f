// A device of the scenario without any library.

import { Phone } from './phone.mjs'

export async function openDevice(name, wire, onRejected) {
  const phone = new Phone(wire, { onRejected })
  return {
    sync: () => phone.sync(),
    write: async (id, content) => phone.write(id, content),
    remove: async (id) => phone.remove(id),
    async read() {
      const live = [...phone.rows].filter(([, row]) => row.local)
      return new Map(live.map(([id, row]) => [id, row.local]))
    },
    close: async () => {},
  }
}
