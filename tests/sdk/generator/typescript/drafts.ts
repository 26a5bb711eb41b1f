/** New entries of each kind, in the order in which they may be sent. */
import { randomUUID } from "node:crypto";
import type { AssessmentDraft, EntryDraft, MoodDraft } from "./typescript-fetch/index.js";

const HOUR = 3_600_000;

function when(hours: number): { id: string; occurredAt: Date; timeZone: string } {
  return { id: randomUUID(), occurredAt: new Date(Date.now() - hours * HOUR), timeZone: "UTC" };
}

/** A mood of an hour ago. */
export function mood(score: number): MoodDraft {
  return { ...when(1), kind: "mood", score };
}

/** Drafts of all six kinds; the dissociation belongs to the session, the last has no score. */
export function everyKind(): EntryDraft[] {
  const session = when(6);
  return [
    {
      ...session,
      kind: "session",
      status: "completed",
      substance: "ketamine_racemic",
      route: "iv_infusion",
      doseMg: 41,
      infusionMinutes: 40,
    },
    mood(6.5),
    { ...when(2), kind: "anxiety", level: 4.5, somatic: new Set(["heart"] as const) },
    {
      ...when(3),
      kind: "flashback",
      report: "episode",
      distress: 6.5,
      trigger: new Set(["media"] as const),
    },
    { ...when(5), kind: "dissociation", intensity: 7, sessionId: session.id },
    questionnaire([2, 1, 3, 2, 0, 1, 1, 0, 0]),
    questionnaire([2, 1, 3]),
  ];
}

/** A PHQ-9 with these answers; the items behind them are skipped. */
function questionnaire(values: number[]): AssessmentDraft {
  const items = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const answers = items.map((item) => {
    const value = values[item - 1];
    return value === undefined ? { item } : { item, value };
  });
  return { ...when(4), kind: "assessment", instrument: "phq-9", answers };
}
