import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleUtc } from "d3-scale";
import { datesOf } from "../src/charts/frame.ts";

function dates(from: string, to: string, about: number): string[] {
  const x = scaleUtc([new Date(from), new Date(to)], [0, 1000]);
  return datesOf(x, about).map((date) => date.toISOString().slice(0, 10));
}

test("weeks are marked on the Mondays inside the axis", () => {
  const marked = dates("2026-07-31", "2026-11-28", 16);
  assert.deepEqual(marked.slice(0, 2), ["2026-08-03", "2026-08-10"]);
  assert.equal(marked.at(-1), "2026-11-23");
  assert.equal(dates("2026-08-03", "2026-11-28", 16)[0], "2026-08-03");
});

test("months and single days are marked as they are", () => {
  assert.deepEqual(dates("2026-07-31", "2026-11-28", 4), [
    "2026-08-01",
    "2026-09-01",
    "2026-10-01",
    "2026-11-01",
  ]);
  assert.deepEqual(dates("2026-08-01", "2026-08-04", 3), [
    "2026-08-01",
    "2026-08-02",
    "2026-08-03",
    "2026-08-04",
  ]);
});

test("no date is marked twice, however few the days", () => {
  assert.deepEqual(dates("2026-08-01", "2026-08-08", 10), [
    "2026-08-01",
    "2026-08-02",
    "2026-08-03",
    "2026-08-04",
    "2026-08-05",
    "2026-08-06",
    "2026-08-07",
    "2026-08-08",
  ]);
  assert.deepEqual(dates("2026-08-01", "2026-08-02", 10), ["2026-08-01", "2026-08-02"]);
});
