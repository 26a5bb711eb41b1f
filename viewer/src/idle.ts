/** Ten minutes without input close the journal; the ninth brings a warning. */

export interface Clock {
  /** Milliseconds of the wall clock, so that a sleeping computer counts too. */
  now(): number;
  /** Call `tick` again and again until the returned function is called. */
  every(milliseconds: number, tick: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  every(milliseconds, tick) {
    const timer = setInterval(tick, milliseconds);
    return () => clearInterval(timer);
  },
};

export const WARN_AFTER_MS = 9 * 60_000;
export const CLOSE_AFTER_MS = 10 * 60_000;

export interface IdleWatch {
  /** Some input: counts anew, unless the warning stands, which only `stay` takes away. */
  input(): void;
  /** Look at the clock now, as after waking up. */
  look(): void;
  stay(): void;
  end(): void;
}

interface Reactions {
  warn(): void;
  close(): void;
}

/** Start counting. `close` is called at most once, and never after `end`. */
export function watchIdle(clock: Clock, reactions: Reactions): IdleWatch {
  let last = clock.now();
  let warned = false;
  let ended = false;

  function end(): void {
    ended = true;
    stopTicking();
  }

  function look(): void {
    const idle = clock.now() - last;
    if (ended || idle < WARN_AFTER_MS) return;
    if (idle >= CLOSE_AFTER_MS) {
      end();
      reactions.close();
    } else if (!warned) {
      warned = true;
      reactions.warn();
    }
  }

  const stopTicking = clock.every(1000, look);
  return {
    look,
    end,
    input() {
      // Looking first: the input that wakes a sleeping computer comes after the ten minutes.
      look();
      if (!warned) last = clock.now();
    },
    stay() {
      warned = false;
      last = clock.now();
    },
  };
}
