import assert from "node:assert/strict";
import { test } from "node:test";
import { cutWords, keptFrom } from "../src/kept.ts";
import { coverOf } from "../src/sections/masthead.ts";
import { readTrends } from "../src/trends.ts";

const WINDOW = { from: "2026-02-01", to: "2026-03-10", time_zone: "UTC" };
const LINK = { label: "Journal", expiresAt: null };

function day(date: string, n: number): object {
  return { date, n, rolling_n: n };
}

function week(from: string, to: string): object {
  return { from, to, count: 0, observed_days: 0 };
}

function documentWith(caveats: string[]): string {
  return JSON.stringify({
    format: "afterglow-trends",
    version: 1,
    mode: "live",
    generated_at: "2026-03-10T12:00:00Z",
    time_zone: "UTC",
    scope: { kinds: ["mood", "flashback", "assessment"], from: WINDOW.from, to: WINDOW.to },
    caveats,
    daily: [
      {
        metric: "mood",
        window: WINDOW,
        days: [day("2026-02-01", 0), day("2026-03-04", 0), day("2026-03-05", 1)],
      },
    ],
    flashbacks: {
      window: WINDOW,
      flashbacks: { weeks: [week("2026-02-01", "2026-02-01"), week("2026-03-02", "2026-03-08")] },
    },
    assessments: [{ window: WINDOW, assessment: { scores: [{ date: "2026-03-06" }] } }],
    coverage: { window: WINDOW, logging: { kinds: [], overall: { window_days: 38 } } },
  });
}

test("what was cut off is said at the top and drawn as no day without an entry", () => {
  const trends = readTrends(documentWith(["few_days", "truncated"]));
  assert.ok(trends);
  assert.equal(keptFrom(trends), "2026-03-05");
  assert.equal(coverOf(LINK, null, trends).cut, cutWords("2026-03-05"));
  assert.match(cutWords("2026-03-05"), /^Only the newest 5,000 entries are included\. .*5 Mar 2026/);
  const [mood] = trends.daily ?? [];
  assert.equal(mood?.window.from, "2026-03-05");
  assert.deepEqual(
    mood?.days.map(({ date }) => date),
    ["2026-03-05"],
  );
  assert.deepEqual(
    trends.flashbacks?.flashbacks.weeks.map(({ from, to }) => [from, to]),
    [["2026-03-05", "2026-03-08"]],
  );
  assert.equal(trends.assessments?.[0]?.window.from, "2026-03-05");
  assert.equal(trends.coverage?.window.from, "2026-03-05");
  assert.equal(coverOf(LINK, null, trends).period, "1 Feb \u2013 10 Mar 2026");
});

test("a whole journal is drawn from the first day of its scope", () => {
  const trends = readTrends(documentWith(["few_days"]));
  assert.ok(trends);
  assert.equal(keptFrom(trends), null);
  assert.equal(coverOf(LINK, null, trends).cut, null);
  assert.equal(trends.daily?.[0]?.window.from, "2026-02-01");
  assert.equal(trends.daily?.[0]?.days.length, 3);
});

test("days that are still to come are not counted as days of the period", () => {
  const trends = readTrends(documentWith([]));
  assert.ok(trends);
  assert.equal(coverOf(LINK, null, trends).days, "38 days");
  const ahead = coverOf(LINK, null, { ...trends, scope: { ...trends.scope, to: "2026-04-30" } });
  assert.equal(ahead.period, "1 Feb \u2013 30 Apr 2026");
  assert.equal(ahead.days, "38 days, up to 10 Mar 2026");
});
