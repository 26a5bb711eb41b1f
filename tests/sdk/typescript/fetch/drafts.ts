/** New entries of each kind, in the order in which they may be sent. */
import { randomUUID } from "node:crypto";
import type { AssessmentDraft, EntryDraft, MoodDraft } from "../.generated/api.js";

const HOUR = 3_600_000;

/** An instant some hours ago, with the offset of the zone that the entries name. */
export function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * HOUR).toISOString().replace("Z", "+00:00");
}

function when(hours: number): { id: string; occurred_at: string; time_zone: string } {
  return { id: randomUUID(), occurred_at: hoursAgo(hours), time_zone: "UTC" };
}

/** A mood of this score. */
export function mood(score: number, hours = 1): MoodDraft {
  return { ...when(hours), kind: "mood", score };
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
      dose_mg: 41,
      infusion_minutes: 40,
    },
    mood(6.5),
    { ...when(2), kind: "anxiety", level: 4.5, somatic: ["heart"] },
    { ...when(3), kind: "flashback", report: "episode", distress: 6.5, trigger: ["media"] },
    { ...when(5), kind: "dissociation", intensity: 7, session_id: session.id },
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
