import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOf, leadOf, summaryOf } from "../src/sections/treatment.ts";
import type { DissociationCourse, SessionRow } from "../src/trends.ts";

const ROW: SessionRow = {
  session_id: "cfb744f4-1d42-4229-bb9d-47d33702333d",
  date: "2026-09-01",
  dose_at: "2026-09-01T10:00:00-04:00",
  status: "completed",
  substance: "ketamine_racemic",
  route: "iv_infusion",
  dose_mg: 50.85,
  dose_mg_per_kg: 0.575,
  vitals: { systolic_pre: 118, systolic_max: 133, diastolic_max: 71 },
  next_day: [{ metric: "mood", value: 6.25, n_entries: 2 }],
  durability: [
    { metric: "mood", status: "no_relief" },
    { metric: "anxiety", status: "ended", relief_days: 5 },
  ],
  caveats: [],
};

const KINDS = ["mood", "anxiety", "flashback", "dissociation", "session", "assessment"];

function cellsOf(row: SessionRow): string[] {
  return columnsOf(KINDS).map(({ cell }) => cell(row));
}

test("a session is told with the digits of the report and the relief of both scales", () => {
  assert.deepEqual(cellsOf(ROW), [
    "1 Sep 2026",
    "Ketamine (racemic), IV infusion",
    "50.85\u00a0mg (0.575\u00a0mg/kg)",
    "118/\u2013",
    "133/71",
    "\u2013",
    "\u2013",
    "6.25",
    "\u2013",
    "none",
    "about 5\u00a0days",
  ]);
});

test("a session without readings has a dash for its blood pressure", () => {
  const { vitals: _, ...bare } = ROW;
  assert.deepEqual(cellsOf(bare).slice(3, 5), ["\u2013", "\u2013"]);
});

test("a session that has only begun says so, as in the report", () => {
  assert.equal(cellsOf({ ...ROW, status: "in_progress" })[0], "1 Sep 2026 (begun)");
});

test("relief is explained where it is told", () => {
  assert.match(leadOf(["session", "mood"]), /Relief: days until half of the best gain/);
  assert.doesNotMatch(leadOf(["session", "dissociation"]), /Relief/);
});

test("what was not shared has no column, so that it is no lack of days", () => {
  const headings = (kinds: string[]): string => {
    return columnsOf(kinds)
      .map(({ heading }) => heading)
      .join(", ");
  };
  const always = "Day, Substance, route, Dose, BP before, mmHg, BP highest, mmHg";
  assert.equal(headings(["session"]), `${always}, Adverse effects`);
  assert.equal(
    headings(["session", "anxiety"]),
    `${always}, Adverse effects, Anxiety next day, Anxiety relief`,
  );
  assert.equal(headings(["session", "dissociation"]), `${always}, Dissociation, Adverse effects`);
});

function course(status: DissociationCourse["status"], members: object): DissociationCourse {
  return { status, n_points: 4, pre: 0, threshold: 1, ...members };
}

test("the courses of dissociation are told in one sentence of peaks and endings", () => {
  const courses = [
    course("resolved", { peak: 8.5, time_to_baseline_minutes: 140 }),
    course("resolved", { peak: 4.5, time_to_baseline_minutes: 61.6 }),
    course("censored", { peak: 6, unresolved_at_minute: 260 }),
    course("never_above_threshold", { peak: 1 }),
    course("insufficient_data", {}),
  ];
  assert.equal(
    summaryOf(courses),
    "5 sessions: highest value 1 to 8.5; 2 back to usual after 62 to 140\u00a0min, " +
      "1 still raised at the last entry, 1 never above usual, 1 too few entries.",
  );
  assert.equal(
    summaryOf([course("resolved", { peak: 6, time_to_baseline_minutes: 110 })]),
    "1 session: highest value 6; 1 back to usual after 110\u00a0min.",
  );
  const both = courses.slice(0, 2);
  assert.match(summaryOf(both), /4.5 to 8.5; all back to usual after 62 to 140\u00a0min\.$/);
  assert.equal(summaryOf([course("insufficient_data", {})]), "1 session: 1 too few entries.");
});
