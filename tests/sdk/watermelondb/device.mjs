// A device of the scenario that keeps its entries in WatermelonDB.

import { Adapter, columnsOf, contentOfRaw } from './adapter.mjs'
import { openDatabase } from './schema.mjs'

export async function openDevice(name, wire, onRejected) {
  const database = openDatabase(name)
  const adapter = new Adapter(database, wire, { onRejected })
  const entries = database.get('entries')
  return {
    sync: () => adapter.sync(),
    async write(id, content) {
      await database.write(async () => {
        const columns = columnsOf(content)
        const [known] = (await entries.query().fetch()).filter((each) => each.id === id)
        const fill = (record) => {
          for (const [column, value] of Object.entries(columns)) {
            if (record._raw[column] !== value) record._setRaw(column, value)
          }
        }
        if (known) return known.update(fill)
        return entries.create((record) => {
          record._raw.id = id
          record._setRaw('revision', 0)
          fill(record)
        })
      })
    },
    async remove(id) {
      await database.write(async () => (await entries.find(id)).markAsDeleted())
    },
    async read() {
      const records = await entries.query().fetch()
      return new Map(records.map((each) => [each.id, contentOfRaw(each._raw)]))
    },
    close: async () => {},
  }
}
