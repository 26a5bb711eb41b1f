/** What every chart shares: a frame that follows its width, axes, grids, dots and hatching. */
import type { ScaleLinear, ScaleTime } from "d3-scale";
import { utcFormat } from "d3-time-format";
import { freshId, h, s } from "../dom.ts";

export type Draw = (width: number) => SVGSVGElement;
export type Linear = ScaleLinear<number, number>;
export type Time = ScaleTime<number, number>;

/** Left room for the numbers of an axis, right room for half a label; pixels. */
export const LEFT = 34;
export const RIGHT = 14;

export const PRINT_WIDE = 700;
export const PRINT_HALF = 340;
export const PRINT_THIRD = 225;

/**
 * A box that draws its chart at the width it has, and at `printWidth` on paper.
 * It stops watching when `life` ends.
 */
export function responsive(draw: Draw, life: AbortSignal, printWidth = PRINT_WIDE): HTMLElement {
  const frame = h("div", { class: "chart" });
  let shown = 0;
  let wanted = 0;
  function paint(width: number): void {
    if (width < 1 || width === shown) return;
    shown = width;
    try {
      frame.replaceChildren(draw(width));
    } catch {
      frame.replaceChildren("This chart could not be drawn. The downloads hold its data.");
    }
  }
  const watch = new ResizeObserver((entries) => {
    wanted = Math.floor(entries.at(-1)?.contentRect.width ?? 0);
    paint(wanted);
  });
  watch.observe(frame);
  life.addEventListener("abort", () => watch.disconnect());
  window.addEventListener("beforeprint", () => paint(printWidth), { signal: life });
  window.addEventListener("afterprint", () => paint(wanted), { signal: life });
  return frame;
}

/** An empty drawing that a screen reader meets as one image with these words. */
export function drawing(width: number, height: number, words: string): SVGSVGElement {
  return s("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": words,
  });
}

/** Text of a chart; `anchor` start, middle or end. */
export function label(
  x: number,
  y: number,
  text: string,
  kind = "tick",
  anchor = "start",
): SVGTextElement {
  return s("text", { x: round(x), y: round(y), class: kind, "text-anchor": anchor }, text);
}

/** A straight line. */
export function rule(x1: number, y1: number, x2: number, y2: number, kind: string): SVGLineElement {
  return s("line", { x1: round(x1), y1: round(y1), x2: round(x2), y2: round(y2), class: kind });
}

/** Horizontal lines with their numbers at the left. */
export function gridOf(y: Linear, ticks: number[], width: number): SVGGElement {
  const grid = s("g");
  for (const tick of ticks) {
    grid.append(
      rule(LEFT, y(tick), width - RIGHT, y(tick), tick === 0 ? "axis" : "grid"),
      label(LEFT - 8, y(tick) + 4, String(tick), "tick", "end"),
    );
  }
  return grid;
}

const dayTick = utcFormat("%-d %b");
const monthTick = utcFormat("%b");
const monthYearTick = utcFormat("%b %Y");
const yearTick = utcFormat("%Y");

/** Narrow charts shorten their words. */
export function isNarrow(width: number): boolean {
  return width < 420;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const LETTER = 6.8;
const BETWEEN_LABELS = 14;

/**
 * Dates below the panels: a stroke for each, words where they fit. The words may reach so many
 * pixels beyond the ends of the axis.
 */
export function timeAxis(x: Time, y: number, before = LEFT / 2, after = RIGHT): SVGGElement {
  const [from = 0, to = 0] = x.range();
  const axis = s("g");
  let free = -Infinity;
  let first = true;
  const ticks = datesOf(x, Math.max(3, Math.floor((to - from) / 90)));
  const monthly = ticks.every((tick) => tick.getUTCDate() === 1);
  for (const tick of ticks) {
    axis.append(rule(x(tick), y, x(tick), y + 5, "axis"));
    const words = monthly ? monthWords(tick, first) : dayTick(tick);
    const room = words.length * LETTER;
    const start = Math.min(Math.max(x(tick) - room / 2, from - before), to + after - room);
    if (start < free) continue;
    axis.append(label(start + room / 2, y + 18, words, "tick", "middle"));
    free = start + room + BETWEEN_LABELS;
    first = false;
  }
  return axis;
}

/** About so many dates of the axis; weeks begin on Monday, as those of the service do. */
export function datesOf(x: Time, about: number): Date[] {
  // Over a few days the ticks lie hours apart: each of a day would bear the same date.
  const ticks = x.ticks(about).filter((tick) => tick.getTime() % DAY_MS === 0);
  const [first, second] = ticks.map(Number);
  if (first === undefined || second !== first + WEEK_MS) return ticks;
  const dayBefore = x.domain().map((end) => new Date(end.getTime() - DAY_MS));
  const sundays = x.copy().domain(dayBefore).ticks(about);
  return sundays.map((sunday) => new Date(sunday.getTime() + DAY_MS));
}

function monthWords(tick: Date, first: boolean): string {
  if (tick.getUTCMonth() === 0) return yearTick(tick);
  return first ? monthYearTick(tick) : monthTick(tick);
}

/** All dots of a series as one element: thousands of days stay cheap. */
export function dots(points: [x: number, y: number][], kind = "dots"): SVGPathElement {
  const d = points.map(([x, y]) => `M${round(x)} ${round(y)}h0`).join("");
  return s("path", { d, class: kind });
}

/** A hatched fill and the id that names it. */
export function hatching(): { definition: SVGDefsElement; fill: string } {
  const id = freshId("hatch");
  const pattern = s(
    "pattern",
    {
      id,
      width: 6,
      height: 6,
      patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)",
    },
    s("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "hatch" }),
  );
  return { definition: s("defs", {}, pattern), fill: `url(#${id})` };
}

/** Two decimals are finer than any screen and keep the page small. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
