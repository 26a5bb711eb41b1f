/** A link of which only the newest entries are there: the days before were cut off, not skipped. */
import type { Answer, Trends } from "./trends.ts";
import { dayWords } from "./words.ts";

/** The first day of the kept entries where older ones were cut off; null where all are there. */
export function keptFrom(trends: Trends): string | null {
  const { caveats = [], daily = [], sessions, assessments = [], timeline } = trends;
  if (!caveats.includes("truncated")) return null;
  const dates = [
    ...daily.flatMap(({ days }) => days.filter(({ n }) => n > 0)),
    ...(sessions?.table.rows ?? []),
    ...assessments.flatMap(({ assessment }) => assessment.scores),
    ...(timeline?.events ?? []),
  ].map(({ date }) => date.slice(0, 10));
  return dates.sort()[0] ?? null;
}

/** What the reader must know before the first chart. */
export function cutWords(first: string): string {
  return (
    "Only the newest 5,000 entries are included. " +
    `What was entered before ${dayWords(first)} is not here.`
  );
}

/** The document with every drawn window begun at the first kept entry. */
export function keptOnly(trends: Trends): Trends {
  const first = keptFrom(trends);
  if (first === null) return trends;
  const later = (day: string): string => (day < first ? first : day);
  const begun = <A extends Answer>(answer: A): A => {
    const { window } = answer;
    return { ...answer, window: { ...window, from: later(window.from) } };
  };
  const found = { ...trends };
  if (trends.coverage) found.coverage = begun(trends.coverage);
  if (trends.assessments) found.assessments = trends.assessments.map(begun);
  if (trends.daily) {
    found.daily = trends.daily.map((answer) => {
      return { ...begun(answer), days: answer.days.filter(({ date }) => date >= first) };
    });
  }
  if (trends.flashbacks) {
    const { flashbacks } = trends.flashbacks;
    const weeks = flashbacks.weeks
      .filter(({ to }) => to >= first)
      .map((week) => ({ ...week, from: later(week.from) }));
    found.flashbacks = { ...begun(trends.flashbacks), flashbacks: { ...flashbacks, weeks } };
  }
  return found;
}
