/** The dosed sessions and how they are called everywhere on the page. */
import type { SessionRow, Trends } from "./trends.ts";

export interface NamedSession {
  date: string;
  name: string;
}

/** Sessions in order of time, each by its number, or by its place where a number is missing. */
export function dosedSessions(trends: Trends): NamedSession[] {
  const rows = trends.sessions?.table.rows;
  if (rows)
    return rows.map((row, index) => ({ date: row.date, name: sessionName(rows, row, index) }));
  const events = trends.timeline?.events ?? [];
  return events
    .filter(
      ({ type, status }) =>
        type === "session" && (status === "completed" || status === "in_progress"),
    )
    .map(({ date }, index) => ({ date, name: String(index + 1) }));
}

/** The patient's own number if every session has one, so that names never mix two counts. */
export function sessionName(rows: SessionRow[], row: SessionRow, index: number): string {
  const numbered = rows.every(({ session_number }) => session_number !== undefined);
  return String(numbered ? row.session_number : index + 1);
}
