/** What happened in and after each session: dissociation, dose, vitals, the next day. */
import { symbolCircle, symbolTriangle } from "d3-shape";
import { type Course, drawDissociation } from "../charts/dissociation.ts";
import { responsive } from "../charts/frame.ts";
import { markSign } from "../charts/signs.ts";
import { sessionName } from "../sessions.ts";
import type { DissociationCourse, Metric, SessionRow, Trends } from "../trends.ts";
import { codeWords, count, dayWords, monthWords, number, shortDayWords } from "../words.ts";
import { absence, card, disclosure, legend, summaries, table } from "./parts.ts";

/** Null where sessions or dissociation are not shared. */
export function dissociation(trends: Trends, life: AbortSignal): HTMLElement | null {
  const rows = trends.sessions?.table.rows;
  if (!rows || !trends.scope.kinds.includes("dissociation")) return null;
  const courses = coursesOf(rows);
  const lead = "How well a session was tolerated; it is no sign of whether treatment works.";
  const title = "Dissociation after the dose";
  if (!courses.length)
    return card(title, lead, absence("No session has an entry of dissociation."));
  const told = summaryOf(courses.map(({ course }) => course));
  const words = `Dissociation after the dose. ${told} The data table follows.`;
  return card(
    title,
    lead,
    responsive((width) => drawDissociation(courses, words, width), life),
    legend(
      [markSign("dissociation", symbolCircle), "highest value; back to usual"],
      [markSign("dissociation", symbolTriangle, true), "still raised at the last entry"],
    ),
    summaries([{ about: "Dissociation", told }]),
    disclosure("Data table: dissociation by session", () =>
      table(
        "Dissociation by session",
        ["Session", "Day", "Highest (0\u201310)", "Entries", "Afterwards"],
        courses.map(({ name, date, course }) => [
          name,
          dayWords(date),
          course.peak === undefined ? "\u2013" : number(course.peak),
          String(course.n_points),
          courseWords(course),
        ]),
      ),
    ),
  );
}

function coursesOf(rows: SessionRow[]): Course[] {
  const oneYear = rows[0]?.date.slice(0, 4) === rows.at(-1)?.date.slice(0, 4);
  return rows.flatMap((row, index) => {
    if (!row.dissociation) return [];
    const day = oneYear ? shortDayWords(row.date) : monthWords(row.date);
    return [{ name: sessionName(rows, row, index), day, date: row.date, course: row.dissociation }];
  });
}

/** "9 sessions: highest value 4.5 to 8; 7 back to usual after 60 to 140 min, 2 still raised". */
export function summaryOf(courses: DissociationCourse[]): string {
  const peaks = courses.flatMap(({ peak }) => (peak === undefined ? [] : [peak]));
  const minutes = courses.flatMap(({ time_to_baseline_minutes: back }) => {
    return back === undefined ? [] : [back];
  });
  const within = minutes.length ? ` after ${span(minutes, 0)}\u00a0min` : "";
  const ends = [
    ending(courses, "resolved", `back to usual${within}`),
    ending(courses, "censored", "still raised at the last entry"),
    ending(courses, "never_above_threshold", "never above usual"),
    ending(courses, "insufficient_data", "too few entries"),
  ];
  const highest = peaks.length > 0 && `highest value ${span(peaks)}`;
  const parts = [highest, ends.filter(Boolean).join(", ")];
  return `${count(courses.length, "session")}: ${parts.filter(Boolean).join("; ")}.`;
}

function ending(
  courses: DissociationCourse[],
  asked: DissociationCourse["status"],
  words: string,
): string | null {
  const n = courses.filter(({ status }) => status === asked).length;
  if (!n) return null;
  return `${n > 1 && n === courses.length ? "all" : n} ${words}`;
}

/** "4.5 to 8", or one number where all are equal. */
function span(values: number[], digits = 1): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((end) => number(end, digits));
  return low === high ? `${low}` : `${low} to ${high}`;
}

/** "back to usual after 110 min" or "still raised at 260 min". */
export function courseWords(course: DissociationCourse): string {
  switch (course.status) {
    case "resolved":
      return `back to usual after ${number(course.time_to_baseline_minutes ?? 0, 0)}\u00a0min`;
    case "censored":
      return `still raised at ${number(course.unresolved_at_minute ?? 0, 0)}\u00a0min`;
    case "never_above_threshold":
      return "never above usual";
    default:
      return "too few entries";
  }
}

/** More columns than these need a width of their own. */
const FEW_COLUMNS = 8;

/** Null where sessions are not shared. */
export function sessionTable(trends: Trends): HTMLElement | null {
  const rows = trends.sessions?.table.rows;
  if (!rows) return null;
  if (!rows.length) return card("Sessions", null, absence("No session in this period."));
  const columns = columnsOf(trends.scope.kinds);
  return card(
    "Sessions",
    leadOf(trends.scope.kinds),
    summaries([{ about: "Sessions", plain: trends.sessions?.plain }]),
    table(
      "Sessions, oldest first",
      ["No.", ...columns.map(({ heading }) => heading)],
      rows.map((row, index) => [
        sessionName(rows, row, index),
        ...columns.map(({ cell }) => cell(row)),
      ]),
      columns.length > FEW_COLUMNS ? "wide" : "",
    ),
  );
}

/** How the table is to be read; relief is told of mood and anxiety alone. */
export function leadOf(kinds: string[]): string {
  const doses = "Doses are never compared across routes or substances.";
  if (!kinds.includes("mood") && !kinds.includes("anxiety")) return doses;
  return (
    `${doses} Relief: days until half of the best gain (day 1 to 3, against the 7 days before) ` +
    "was lost; at least so many where its end was not seen. It tells when, not why."
  );
}

interface Column {
  heading: string;
  /** The kind of entry that it tells of, if not of sessions. */
  kind?: string;
  cell: (row: SessionRow) => string;
}

const COLUMNS: Column[] = [
  {
    heading: "Day",
    cell: ({ date, status }) => dayWords(date) + (status === "in_progress" ? " (begun)" : ""),
  },
  {
    heading: "Substance, route",
    cell: ({ substance, route }) => `${codeWords(substance)}, ${codeWords(route)}`,
  },
  { heading: "Dose", cell: doseWords },
  {
    heading: "BP before, mmHg",
    cell: ({ vitals }) => pressure(vitals?.systolic_pre, vitals?.diastolic_pre),
  },
  {
    heading: "BP highest, mmHg",
    cell: ({ vitals }) => pressure(vitals?.systolic_max, vitals?.diastolic_max),
  },
  {
    heading: "Dissociation",
    kind: "dissociation",
    cell: ({ dissociation: course }) => (course ? dissociationWords(course) : "\u2013"),
  },
  { heading: "Adverse effects", cell: effects },
  { heading: "Mood next day", kind: "mood", cell: (row) => nextDay(row, "mood") },
  { heading: "Anxiety next day", kind: "anxiety", cell: (row) => nextDay(row, "anxiety") },
  { heading: "Mood relief", kind: "mood", cell: (row) => relief(row, "mood") },
  { heading: "Anxiety relief", kind: "anxiety", cell: (row) => relief(row, "anxiety") },
];

/** The columns that the shared kinds can fill: what was not shared is no lack of days. */
export function columnsOf(kinds: string[]): Column[] {
  return COLUMNS.filter(({ kind }) => kind === undefined || kinds.includes(kind));
}

function doseWords({ dose_mg, dose_mg_per_kg }: SessionRow): string {
  if (dose_mg === undefined) return "\u2013";
  const perKilogram =
    dose_mg_per_kg === undefined ? "" : ` (${number(dose_mg_per_kg, 3)}\u00a0mg/kg)`;
  return `${number(dose_mg, 2)}\u00a0mg${perKilogram}`;
}

function pressure(systolic: number | undefined, diastolic: number | undefined): string {
  if (systolic === undefined && diastolic === undefined) return "\u2013";
  return `${systolic ?? "\u2013"}/${diastolic ?? "\u2013"}`;
}

function dissociationWords(course: DissociationCourse): string {
  const peak = course.peak === undefined ? "" : `${number(course.peak)}, `;
  return peak + courseWords(course);
}

function effects({ adverse_effects }: SessionRow): string {
  const listed = (adverse_effects ?? []).map(
    ({ code, severity }) => `${codeWords(code)} (${severity} of 3)`,
  );
  return listed.join(", ") || "\u2013";
}

function nextDay(row: SessionRow, metric: Metric): string {
  const found = row.next_day.find((one) => one.metric === metric);
  return found ? number(found.value, 2) : "\u2013";
}

function relief(row: SessionRow, asked: Metric): string {
  const durability = row.durability.find(({ metric }) => metric === asked);
  switch (durability?.status) {
    case "ended":
      return `about ${count(durability.relief_days ?? 0, "day").replace(" ", "\u00a0")}`;
    case "censored":
      return `at least ${count(durability.at_least_days ?? 0, "day").replace(" ", "\u00a0")}`;
    case "no_relief":
      return "none";
    case "insufficient_data":
      return "too few days";
    default:
      return "\u2013";
  }
}
