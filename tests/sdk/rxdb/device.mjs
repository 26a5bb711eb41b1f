// A device of the scenario that keeps its entries in RxDB.

import { Adapter, membersOf } from './adapter.mjs'
import { openCollection } from './schema.mjs'

export async function openDevice(name, wire, onRejected) {
  const adapter = new Adapter(wire, { onRejected, retryTime: 5 })
  const collection = await openCollection(name.replaceAll('-', ''), adapter.conflictHandler)
  return {
    sync: () => adapter.sync(collection),
    async write(id, content) {
      const known = await collection.findOne(id).exec()
      const revision = known?.revision ?? 0
      if (!known) return collection.insert({ id, revision, ...content })
      return known.incrementalModify((document) => {
        const kept = Object.entries(document).filter(([name]) => name.startsWith('_'))
        return { ...Object.fromEntries(kept), id, revision: document.revision, ...content }
      })
    },
    async remove(id) {
      await (await collection.findOne(id).exec()).incrementalRemove()
    },
    async read() {
      const documents = await collection.find().exec()
      return new Map(documents.map((each) => [each.id, membersOf(each.toJSON())]))
    },
    close: () => collection.database.close(),
  }
}
