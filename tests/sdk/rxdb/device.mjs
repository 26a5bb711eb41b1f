// A device of the scenario that keeps its entries in RxDB.

import { edited } from '../outbox/entries.mjs'
import { Adapter, membersOf } from './adapter.mjs'
import { openCollection } from './schema.mjs'
import { lateStorage } from './storage.mjs'

export async function openDevice(name, wire, onRejected) {
  const adapter = new Adapter(wire, { onRejected, retryTime: 5 })
  const collection = await openCollection(
    name.replaceAll('-', ''), lateStorage(), adapter.conflictHandler,
  )
  return {
    sync: () => adapter.sync(collection),
    create: (id, content) => collection.insert({ id, revision: 0, dirty: true, ...content }),
    async edit(id, members) {
      let before
      const document = await collection.findOne(id).exec()
      await document?.incrementalModify((now) => {
        before = now._deleted ? undefined : membersOf(now)
        return before ? edited(now, { ...members, dirty: true }) : now
      })
      return before
    },
    async remove(id) {
      await (await collection.findOne(id).exec())?.incrementalRemove()
    },
    async read() {
      const documents = await collection.find().exec()
      return new Map(documents.map((each) => [each.id, membersOf(each.toJSON())]))
    },
    close: () => collection.database.close(),
  }
}
