/** Mood, anxiety and flashbacks on one time axis, with the sessions drawn through all three. */
import { scaleLinear, scaleUtc } from "d3-scale";
import { line } from "d3-shape";
import { s } from "../dom.ts";
import type { DailyRow, FlashbackWeek } from "../trends.ts";
import { dateOf } from "../words.ts";
import {
  dots,
  drawing,
  gridOf,
  hatching,
  isNarrow,
  label,
  LEFT,
  type Linear,
  RIGHT,
  round,
  rule,
  type Time,
  timeAxis,
} from "./frame.ts";

export interface JourneyPanel {
  kind: "mood" | "anxiety";
  title: string;
  /** The title where there is little room. */
  short: string;
  days: DailyRow[];
}
export interface Journey {
  from: string;
  to: string;
  words: string;
  panels: JourneyPanel[];
  weeks: FlashbackWeek[] | null;
  sessions: { date: string; name: string }[];
}

const DAY_MS = 86_400_000;
const SESSIONS_HEIGHT = 26;
const PANEL_HEIGHT = 138;
const WEEKS_HEIGHT = 118;
const TITLE_ROOM = 28;
/** Days narrower than so many pixels are drawn with finer strokes. */
const DENSE_DAY = 2;
/** Unlogged days in a row from which a gap is hatched. */
export const GAP_DAYS = 3;

/** The time scale of the chart: whole days, so that a day has a width. */
export function journeyScale(journey: Journey, width: number): Time {
  return scaleUtc()
    .domain([dateOf(journey.from), new Date(dateOf(journey.to).getTime() + DAY_MS)])
    .range([LEFT, width - RIGHT]);
}

/** Where the middle of a local date lies. */
export function middleOf(x: Time, day: string): number {
  return x(new Date(dateOf(day).getTime() + DAY_MS / 2));
}

/** The whole drawing. */
export function drawJourney(journey: Journey, width: number): SVGSVGElement {
  const weeksHeight = journey.weeks ? WEEKS_HEIGHT : 0;
  const bottom = SESSIONS_HEIGHT + journey.panels.length * PANEL_HEIGHT + weeksHeight;
  const svg = drawing(width, bottom + 26, journey.words);
  const x = journeyScale(journey, width);
  if (dayWidth(x) < DENSE_DAY) svg.classList.add("dense");
  const { definition, fill } = hatching();
  svg.append(definition);
  svg.append(drawSessions(journey, x, bottom));
  journey.panels.forEach((panel, index) => {
    svg.append(drawPanel(panel, x, SESSIONS_HEIGHT + index * PANEL_HEIGHT, width, fill));
  });
  if (journey.weeks) svg.append(drawWeeks(journey.weeks, x, bottom - WEEKS_HEIGHT, width, fill));
  svg.append(timeAxis(x, bottom));
  return svg;
}

function drawPanel(
  panel: JourneyPanel,
  x: Time,
  top: number,
  width: number,
  fill: string,
): SVGGElement {
  const y = scaleLinear([0, 10], [top + PANEL_HEIGHT - 8, top + TITLE_ROOM]);
  const group = s("g", { class: panel.kind });
  const gaps = gapsOf(panel.days);
  for (const { from, to } of gaps) {
    const start = x(dateOf(from));
    const end = x(dateOf(to)) + dayWidth(x);
    group.append(box(start, y(10), end - start, y(0) - y(10), fill));
  }
  const logged = panel.days.filter((day) => day.value !== undefined);
  group.append(
    gridOf(y, [0, 5, 10], width),
    dots(
      logged.map((day) => [middleOf(x, day.date), y(day.value ?? 0)]),
      `dots ${dotSize(dayWidth(x))}`,
    ),
    s("path", { d: medianPath(panel.days, gaps, x, y), class: "median" }),
    label(LEFT, top + 16, isNarrow(width) ? panel.short : panel.title, "panel-title"),
  );
  return group;
}

/** The rolling median; it ends where a gap is hatched, though its seven days reach into it. */
export function medianPath(days: DailyRow[], gaps: Gap[], x: Time, y: Linear): string {
  const median = line<DailyRow>()
    .defined(({ date, rolling_median_7: value }) => {
      return value !== undefined && !gaps.some(({ from, to }) => from <= date && date <= to);
    })
    .x(({ date }) => round(middleOf(x, date)))
    .y(({ rolling_median_7: value }) => round(y(value ?? 0)));
  return median(days) ?? "";
}

function drawWeeks(
  weeks: FlashbackWeek[],
  x: Time,
  top: number,
  width: number,
  fill: string,
): SVGGElement {
  const highest = Math.max(
    1,
    ...weeks.map((week) => week.ci95_per_week?.[1] ?? week.rate_per_week ?? 0),
  );
  const y = scaleLinear([0, highest], [top + WEEKS_HEIGHT - 8, top + TITLE_ROOM]).nice(3);
  const group = s("g", { class: "flashback" }, gridOf(y, y.ticks(3), width));
  for (const week of weeks) group.append(drawWeek(week, x, y, fill));
  const title = isNarrow(width) ? "Flashbacks a week" : "Flashbacks a week, with 95 % interval";
  group.append(label(LEFT, top + 16, title, "panel-title"));
  return group;
}

function drawWeek(week: FlashbackWeek, x: Time, y: Linear, fill: string): SVGGElement {
  const start = x(dateOf(week.from));
  const room = x(dateOf(week.to)) + dayWidth(x) - start;
  const inset = Math.min(2, room / 6);
  const [left, wide] = [start + inset, Math.max(room - 2 * inset, 0.5)];
  const group = s("g");
  if (week.rate_per_week === undefined) {
    const [floor = 0, ceiling = 0] = y.range();
    group.append(box(left, ceiling, wide, floor - ceiling, fill));
    return group;
  }
  const height = y(0) - y(week.rate_per_week);
  const bar = {
    x: round(left),
    y: round(y(0) - height),
    width: round(wide),
    height: round(height),
  };
  group.append(s("rect", { ...bar, rx: Math.min(2, wide / 4), class: "bar" }));
  if (week.ci95_per_week) {
    const [low, high] = week.ci95_per_week;
    const middle = left + wide / 2;
    const cap = Math.min(4, wide / 3);
    group.append(
      rule(middle, y(low), middle, y(high), "whisker"),
      rule(middle - cap, y(high), middle + cap, y(high), "whisker"),
      rule(middle - cap, y(low), middle + cap, y(low), "whisker"),
    );
  }
  return group;
}

function drawSessions(journey: Journey, x: Time, bottom: number): SVGGElement {
  const group = s("g", { class: "sessions" });
  let lastLabel = -Infinity;
  for (const { date, name } of journey.sessions) {
    const at = middleOf(x, date);
    group.append(rule(at, SESSIONS_HEIGHT - 3, at, bottom, "session-line"));
    if (at - lastLabel < 22) continue;
    lastLabel = at;
    group.append(
      s("circle", { cx: round(at), cy: 12, r: 9.5, class: "session-mark" }),
      label(at, 16, name, "session-name", "middle"),
    );
  }
  return group;
}

function box(x: number, y: number, width: number, height: number, fill: string): SVGRectElement {
  return s("rect", {
    x: round(x),
    y: round(y),
    width: round(width),
    height: round(height),
    fill,
    class: "gap",
  });
}

function dayWidth(x: Time): number {
  const [from] = x.domain();
  return from ? x(new Date(from.getTime() + DAY_MS)) - x(from) : 0;
}

function dotSize(day: number): string {
  if (day >= 5) return "dots-large";
  return day >= 2 ? "dots-medium" : "dots-small";
}

interface Gap {
  from: string;
  to: string;
}

/** Runs of at least GAP_DAYS dates without an entry, both ends included. */
export function gapsOf(days: DailyRow[]): Gap[] {
  const gaps: Gap[] = [];
  let run: string[] = [];
  const close = (): void => {
    const [from, to] = [run[0], run.at(-1)];
    if (run.length >= GAP_DAYS && from && to) gaps.push({ from, to });
    run = [];
  };
  for (const day of days) {
    if (day.n === 0) run.push(day.date);
    else close();
  }
  close();
  return gaps;
}
