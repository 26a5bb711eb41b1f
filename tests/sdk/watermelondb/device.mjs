// A device of the scenario that keeps its entries in WatermelonDB.

import { edited } from '../outbox/entries.mjs'
import { Adapter, columnsOf, contentOfRaw } from './adapter.mjs'
import { openDatabase } from './schema.mjs'

export async function openDevice(name, wire, onRejected) {
  const database = openDatabase(name)
  const adapter = new Adapter(database, wire, { onRejected })
  const entries = database.get('entries')
  const find = async (id) => (await entries.query().fetch()).find((each) => each.id === id)
  return {
    sync: () => adapter.sync(),
    async create(id, content) {
      await database.write(() => entries.create((record) => {
        record._raw.id = id
        record._setRaw('revision', 0)
        fill(record, columnsOf(content))
      }))
    },
    async edit(id, members) {
      return database.write(async () => {
        const record = await find(id)
        const before = record && contentOfRaw(record._raw)
        await record?.update(() => fill(record, columnsOf(edited(before, members))))
        return before
      })
    },
    async remove(id) {
      await database.write(async () => (await find(id))?.markAsDeleted())
    },
    async read() {
      const records = await entries.query().fetch()
      return new Map(records.map((each) => [each.id, contentOfRaw(each._raw)]))
    },
    close: async () => {},
  }
}

function fill(record, columns) {
  for (const [column, value] of Object.entries(columns)) {
    if (record._raw[column] !== value) record._setRaw(column, value)
  }
}
