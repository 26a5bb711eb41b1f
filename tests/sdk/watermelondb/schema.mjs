// One table for entries. This app writes moods; other kinds get their columns in the same way.

import { randomUUID } from 'node:crypto'
import { Database, Model, appSchema, tableSchema } from '@nozbe/watermelondb'
import LokiModule from '@nozbe/watermelondb/adapters/lokijs/index.js'
import randomIdModule from '@nozbe/watermelondb/utils/common/randomId/index.js'

export const TEXTS = ['kind', 'occurred_at', 'time_zone', 'scope', 'note', 'source', 'session_id']
export const NUMBERS = ['score', 'energy', 'stress', 'functioning']
export const LISTS = ['tags', 'emotions']
// What the server fills in where nothing is sent; the OpenAPI file says so of each kind.
export const DEFAULTS = { scope: 'moment', source: 'self' }
export const COLUMNS = [...TEXTS, ...NUMBERS, ...LISTS]

const optional = (names, type) => names.map((name) => ({ name, type, isOptional: true }))
const schema = appSchema({
  version: 1,
  tables: [
    tableSchema({
      name: 'entries',
      columns: [
        ...optional([...TEXTS, ...LISTS], 'string'),
        ...optional(NUMBERS, 'number'),
        { name: 'revision', type: 'number' },
      ],
    }),
  ],
})

export class Entry extends Model {
  static table = 'entries'
}

// Ids are made here and must be UUIDs.
randomIdModule.setGenerator(() => randomUUID())

export function openDatabase(dbName) {
  const LokiJSAdapter = LokiModule.default ?? LokiModule
  const adapter = new LokiJSAdapter({
    schema,
    dbName,
    useWebWorker: false,
    useIncrementalIndexedDB: true,
    extraLokiOptions: { autosave: false },
  })
  return new Database({ adapter, modelClasses: [Entry] })
}
