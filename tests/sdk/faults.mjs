// A `fetch` that loses, repeats and is late, by dice that fall the same way in each run.

import { setTimeout as pause } from 'node:timers/promises'

const MOST_LATE = 8

export function dice(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export class FaultyLine {
  // `share` of the requests meet a fault; `next` forces one upon the next request.
  constructor(seed, share) {
    Object.assign(this, { throwDice: dice(seed), share, next: null, counts: {} })
    this.throwLateness = dice(seed + 100)
  }

  fetch = async (url, options) => {
    const fault = this.next ?? this.#choose()
    this.next = null
    this.counts[fault] = (this.counts[fault] ?? 0) + 1
    if (fault === 'request lost') throw new TypeError('lost on the way')
    if (fault === 'twice') await (await fetch(url, options)).arrayBuffer()
    const answer = await fetch(url, options)
    if (this.share) await pause(this.throwLateness() * MOST_LATE)
    if (fault !== 'reply lost') return answer
    await answer.arrayBuffer()
    throw new TypeError('lost on the way back')
  }

  #choose() {
    if (this.throwDice() >= this.share) return 'none'
    return ['request lost', 'reply lost', 'twice'][Math.floor(this.throwDice() * 3)]
  }
}
