// One collection for entries. This app writes moods, sessions and dissociation; other kinds and
// members get their properties in the same way.

import { createRxDatabase } from 'rxdb/plugins/core'

const text = { type: 'string' }
const number = { type: 'number' }
const flag = { type: 'boolean' }
const list = { type: 'array', items: { type: 'string' } }

const PROPERTIES = {
  kind: text,
  occurred_at: text,
  time_zone: text,
  scope: text,
  note: text,
  source: text,
  session_id: text,
  status: text,
  substance: text,
  route: text,
  setting: text,
  reported_by: text,
  spontaneous: flag,
  help_wanted: flag,
  score: number,
  energy: number,
  stress: number,
  functioning: number,
  intensity: number,
  tags: list,
  emotions: list,
}
const REQUIRED = ['kind', 'occurred_at', 'time_zone']
// What a tombstone says where the schema demands something.
export const FILLER = { kind: 'mood', occurred_at: '', time_zone: '' }

const schema = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 36, pattern: '^[0-9a-f-]{36}$' },
    revision: { type: 'integer' },
    base: { type: 'object' },
    dirty: { type: 'boolean' },
    ...PROPERTIES,
  },
  required: ['id', 'revision', ...REQUIRED],
}

export async function openCollection(name, storage, conflictHandler) {
  const database = await createRxDatabase({ name, storage })
  const { entries } = await database.addCollections({ entries: { schema, conflictHandler } })
  return entries
}
