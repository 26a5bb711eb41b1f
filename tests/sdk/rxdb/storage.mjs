// A storage in memory that answers as late as one on a disk, by dice.

import { setTimeout as pause } from 'node:timers/promises'
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory'
import { dice } from '../faults.mjs'

const MOST_LATE = 2
const CALLS = ['bulkWrite', 'findDocumentsById', 'query']

export function lateStorage() {
  const storage = getRxStorageMemory()
  const create = storage.createStorageInstance.bind(storage)
  const throwDice = dice(1)
  storage.createStorageInstance = async (parameters) => {
    const instance = await create(parameters)
    for (const name of CALLS) {
      const call = instance[name].bind(instance)
      instance[name] = async (...values) => {
        await pause(throwDice() * MOST_LATE)
        const answer = await call(...values)
        await pause(throwDice() * MOST_LATE)
        return answer
      }
    }
    return instance
  }
  return storage
}
