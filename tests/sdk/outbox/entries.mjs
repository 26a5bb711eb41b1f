// Content of entries: what a client may write, how two versions merge, what is said of a change.

const MADE_BY_SERVER = new Set([
  'id', 'revision', 'created_at', 'updated_at', 'local_date', 'retrospective', 'result',
])

export function contentOf(entry) {
  const members = Object.entries(entry).filter(([name]) => !MADE_BY_SERVER.has(name))
  return Object.fromEntries(members)
}

export function same(one, other) {
  if (one === other || Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Array.isArray(one) === Array.isArray(other) &&
    [...names].every((name) => same(one[name], other[name]))
}

// What a patient's edit makes of a content; null clears a member.
export function edited(content, members) {
  const present = Object.entries({ ...content, ...members }).filter(([, value]) => value !== null)
  return Object.fromEntries(present)
}

// Three-way, member by member; where both sides changed one, the local value stands. A value that
// was sent from here and is the server's now counts as the base.
export function merged(base, local, remote, sent = []) {
  const result = {}
  for (const name of new Set([...Object.keys(remote), ...Object.keys(local)])) {
    const taken = sent.some((each) => same(each[name], remote[name]))
    const mine = taken || !same(local[name], base[name])
    const value = mine ? local[name] : remote[name]
    if (value !== undefined) result[name] = value
  }
  return result
}

// What of `sent` stands in the entry that the server made of it: all of it, unless the server had
// lost the entry and took changed members for the whole.
export function heldOf(sent, entry) {
  return Object.fromEntries(Object.entries(sent).filter(([name, value]) => holds(entry[name], value)))
}

// What was sent and all of whose changes stand in the server's entry, if anything.
export function takenOf(base, sent, entry) {
  return sent.find((each) => {
    const names = [...new Set([...Object.keys(base), ...Object.keys(each)])]
    const changed = names.filter((name) => !same(base[name], each[name]))
    return changed.length > 0 && changed.every((name) => same(entry[name], each[name]))
  })
}

// Whether a member is there, and all of its own members if it is an object.
function holds(there, value) {
  if (!isObject(value)) return there !== undefined
  return isObject(there) && Object.keys(value).every((name) => name in there)
}

// The merge patch (RFC 7396) from base to local. Objects merge on the server, so what has to go
// from inside of one is told by a null of its own.
export function patchBetween(base, local) {
  const patch = {}
  for (const name of new Set([...Object.keys(base), ...Object.keys(local)])) {
    const [before, after] = [base[name], local[name]]
    if (same(before, after)) continue
    patch[name] = isObject(before) && isObject(after) ? patchBetween(before, after) : after ?? null
  }
  return patch
}

// The same patch with all that local holds, for a server that may have lost the entry.
export function wholePatch(base, local) {
  const patch = { ...local }
  for (const [name, before] of Object.entries(base)) {
    const after = local[name]
    patch[name] = isObject(before) && isObject(after) ? wholePatch(before, after) : after ?? null
  }
  return patch
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
