/** What nobody entered is no number, and a small number is not none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Course, drawDissociation } from "../src/charts/dissociation.ts";
import { weeksOf } from "../src/sections/glance.ts";
import { weekCells } from "../src/sections/journey.ts";
import { nightmareWords } from "../src/sections/logging.ts";
import type { DissociationCourse } from "../src/trends.ts";
import { rateWords } from "../src/words.ts";
import { built } from "./document.ts";

test("nights of which nobody told are no nights without nightmares", () => {
  assert.equal(nightmareWords({ count: 0, observed_days: 0 }), "\u2013");
  assert.equal(nightmareWords({ count: 0, observed_days: 6 }), "0, from 6 days");
  assert.equal(nightmareWords({ count: 1, observed_days: 1 }), "1, from 1 day");
  const rate = { count: 1, observed_days: 200, rate_per_week: 0.035 };
  assert.equal(nightmareWords(rate), "1, from 200 days (0.04 a week)");
});

test("a week that nobody logged has no count of flashbacks", () => {
  const week = { from: "2026-03-02", to: "2026-03-08", count: 0, observed_days: 0 };
  assert.deepEqual(weekCells(week).slice(1), ["\u2013", "0", "\u2013", "\u2013"]);
  assert.deepEqual(weekCells({ ...week, observed_days: 2 }).slice(1, 3), ["0", "2"]);
  const logged = { ...week, count: 3, observed_days: 4, rate_per_week: 5.25 };
  const cells = weekCells({ ...logged, ci95_per_week: [1.08271, 15.342766] });
  assert.deepEqual(cells.slice(1), ["3", "4", "5.2", "1.1 to 15.3"]);
});

test("a rate that is not zero is not written as zero", () => {
  assert.equal(rateWords(0), "0");
  assert.equal(rateWords(0.035), "0.04");
  assert.equal(rateWords(0.009576), "0.01");
  assert.equal(rateWords(0.006), "0.006");
  assert.equal(rateWords(0.0949), "0.09");
  assert.equal(rateWords(0.096), "0.1");
  assert.equal(rateWords(5.384615), "5.4");
});

test("days before the period are no days without an entry", () => {
  const last = { n_days: 3, median: 5 };
  const previous = { n_days: 3, median: 4.75 };
  assert.deepEqual(weeksOf({ last_7: last, previous_7: { n_days: 0 } }, 3), {
    caption: "median of the last 3 days of the period (3 of 3 logged)",
    before: null,
  });
  assert.deepEqual(weeksOf({ last_7: last, previous_7: previous }, 10), {
    caption: "median of the last 7 days of the period (3 of 7 logged)",
    before: "4.75 in the 3 days before",
  });
  assert.equal(
    weeksOf({ last_7: last, previous_7: previous }, 90).before,
    "4.75 in the 7 days before",
  );
});

test("a course without a time has no mark at zero minutes where there is no room for words", () => {
  const statuses: DissociationCourse["status"][] = ["insufficient_data", "never_above_threshold"];
  const courses = Array.from({ length: 40 }, (_, index): Course => {
    const status = statuses[index % 2] ?? "insufficient_data";
    const course = { status, n_points: 1, pre: 0, threshold: 1 };
    return { name: String(index), day: "1 Mar", date: "2026-03-01", course };
  });
  const chart = built(drawDissociation(courses, "", 600));
  assert.equal(chart.having("class", "mark").length, 0);
});
