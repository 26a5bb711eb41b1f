// One table for entries. This app writes moods, sessions and dissociation; other kinds and members
// get their columns in the same way.

import { randomUUID } from 'node:crypto'
import { Database, Model, appSchema, tableSchema } from '@nozbe/watermelondb'
import LokiModule from '@nozbe/watermelondb/adapters/lokijs/index.js'
import randomIdModule from '@nozbe/watermelondb/utils/common/randomId/index.js'

const OF_SESSIONS = ['status', 'substance', 'route', 'setting']
const OF_ALL = ['kind', 'occurred_at', 'time_zone', 'note', 'source', 'session_id']
const TEXTS = [...OF_ALL, ...OF_SESSIONS, 'scope', 'reported_by']
const NUMBERS = ['score', 'energy', 'stress', 'functioning', 'intensity']
const FLAGS = ['spontaneous']
export const LISTS = ['tags', 'emotions']
// What the server fills in where nothing is sent; the OpenAPI file says so of each kind.
export const DEFAULTS = {
  mood: { scope: 'moment', source: 'self' },
  session: { source: 'self' },
  dissociation: { source: 'self', reported_by: 'self', spontaneous: false },
}
export const COLUMNS = [...TEXTS, ...NUMBERS, ...FLAGS, ...LISTS]

const optional = (names, type) => names.map((name) => ({ name, type, isOptional: true }))
const schema = appSchema({
  version: 1,
  tables: [
    tableSchema({
      name: 'entries',
      columns: [
        ...optional([...TEXTS, ...LISTS], 'string'),
        ...optional(NUMBERS, 'number'),
        ...optional(FLAGS, 'boolean'),
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
