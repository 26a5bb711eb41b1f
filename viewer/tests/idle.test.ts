import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Clock,
  CLOSE_AFTER_MS,
  type IdleWatch,
  WARN_AFTER_MS,
  watchIdle,
} from "../src/idle.ts";

/** A clock that is moved by hand and ticks when told to. */
class HandClock implements Clock {
  time = 0;
  ticking: (() => void) | null = null;

  now(): number {
    return this.time;
  }

  every(_: number, tick: () => void): () => void {
    this.ticking = tick;
    return () => (this.ticking = null);
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
    this.ticking?.();
  }
}

function watched(): { clock: HandClock; watch: IdleWatch; seen: string[] } {
  const clock = new HandClock();
  const seen: string[] = [];
  const watch = watchIdle(clock, {
    warn: () => void seen.push("warn"),
    close: () => void seen.push("close"),
  });
  return { clock, watch, seen };
}

test("nine minutes warn once and ten close once", () => {
  const { clock, seen } = watched();
  clock.pass(WARN_AFTER_MS - 1);
  assert.deepEqual(seen, []);
  clock.pass(1);
  clock.pass(1);
  assert.deepEqual(seen, ["warn"]);
  clock.pass(CLOSE_AFTER_MS - WARN_AFTER_MS);
  clock.pass(CLOSE_AFTER_MS);
  assert.deepEqual(seen, ["warn", "close"]);
});

test("input starts the minutes anew", () => {
  const { clock, watch, seen } = watched();
  for (let n = 0; n < 30; n++) {
    clock.pass(WARN_AFTER_MS - 1);
    watch.input();
  }
  assert.deepEqual(seen, []);
});

test("once the warning stands only Stay takes it away", () => {
  const { clock, watch, seen } = watched();
  clock.pass(WARN_AFTER_MS);
  watch.input();
  clock.pass(CLOSE_AFTER_MS - WARN_AFTER_MS);
  assert.deepEqual(seen, ["warn", "close"]);
  const other = watched();
  other.clock.pass(WARN_AFTER_MS);
  other.watch.stay();
  other.clock.pass(WARN_AFTER_MS - 1);
  assert.deepEqual(other.seen, ["warn"]);
  other.clock.pass(1);
  assert.deepEqual(other.seen, ["warn", "warn"]);
});

test("input that wakes a sleeping computer comes too late", () => {
  const { clock, watch, seen } = watched();
  clock.time += CLOSE_AFTER_MS;
  watch.input();
  assert.deepEqual(seen, ["close"]);
});

test("an ended watch is silent", () => {
  const { clock, watch, seen } = watched();
  watch.end();
  clock.time += CLOSE_AFTER_MS;
  watch.look();
  assert.deepEqual(seen, []);
  assert.equal(clock.ticking, null);
});
