import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleLinear, scaleUtc } from "d3-scale";
import { gapsOf, medianPath } from "../src/charts/journey.ts";
import { coursePath } from "../src/charts/scores.ts";
import type { DailyRow } from "../src/trends.ts";

const X = scaleUtc([new Date("2026-03-01"), new Date("2026-03-21")], [0, 20]);
const Y = scaleLinear([0, 10], [10, 0]);

/** Days of March with an entry where the letter is x; the median is there all along. */
function days(pattern: string): DailyRow[] {
  return [...pattern].map((mark, index) => ({
    date: `2026-03-${String(index + 1).padStart(2, "0")}`,
    n: mark === "x" ? 1 : 0,
    rolling_n: 3,
    rolling_median_7: 5,
  }));
}

function pieces(path: string): string[] {
  return path.split("M").slice(1);
}

test("the median breaks over a hatched gap and not over a day or two", () => {
  const gap = days("xxxx---xxxx--xxxx");
  const [before, after, ...more] = pieces(medianPath(gap, gapsOf(gap), X, Y));
  assert.deepEqual(more, []);
  assert.equal(before?.split(",").length, 5);
  assert.ok(before?.startsWith("0.5,"), before);
  assert.ok(before?.endsWith("L3.5,5"), before);
  assert.ok(after?.startsWith("7.5,"), after);
  assert.ok(after?.endsWith("L16.5,5"), after);
});

test("the scores break where a questionnaire gives none", () => {
  const at = (x: number): { x: number; y: number } => ({ x, y: 1 });
  assert.equal(coursePath([at(0), at(1), null, at(3), at(4)]), "M0,1L1,1M3,1L4,1");
  assert.equal(coursePath([at(0), at(1)]), "M0,1L1,1");
});
