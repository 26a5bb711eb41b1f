import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf } from "../src/sections/treatment.ts";
import type { SessionRow } from "../src/trends.ts";

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

test("a session is told with the digits of the report and the relief of both scales", () => {
  assert.deepEqual(cellsOf(ROW, "6"), [
    "6",
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
  assert.deepEqual(cellsOf(bare, "6").slice(4, 6), ["\u2013", "\u2013"]);
});
