/** Which days were logged: one strip a kind, a mark for every day with an entry. */
import { scaleUtc } from "d3-scale";
import { s } from "../dom.ts";
import type { DailyRow } from "../trends.ts";
import { dateOf } from "../words.ts";
import { drawing, isNarrow, label, round, timeAxis } from "./frame.ts";

export interface Strip {
  kind: string;
  title: string;
  words: string;
  /** The words where there is little room. */
  short: string;
  days: DailyRow[];
}

const DAY_MS = 86_400_000;
const ROW = 50;
const SIDE = 2;

/** Strips above each other on one time axis. */
export function drawCoverage(
  strips: Strip[],
  from: string,
  to: string,
  words: string,
  width: number,
): SVGSVGElement {
  const end = new Date(dateOf(to).getTime() + DAY_MS);
  const x = scaleUtc([dateOf(from), end], [SIDE, width - SIDE]);
  const day = x(new Date(dateOf(from).getTime() + DAY_MS)) - x(dateOf(from));
  const svg = drawing(width, strips.length * ROW + 28, words);
  strips.forEach((strip, index) => {
    const top = index * ROW;
    const wide = round(Math.max(day * 0.86, 0.4));
    const marks = strip.days
      .filter(({ n }) => n > 0)
      .map(({ date }) => `M${round(x(dateOf(date)))} ${top + 22}h${wide}v18h-${wide}z`)
      .join("");
    svg.append(
      label(SIDE, top + 15, strip.title, "panel-title"),
      label(width - SIDE, top + 15, isNarrow(width) ? strip.short : strip.words, "tick", "end"),
      s("rect", {
        x: SIDE,
        y: top + 22,
        width: width - 2 * SIDE,
        height: 18,
        class: "track",
        rx: 2,
      }),
      s("g", { class: strip.kind }, s("path", { d: marks, class: "logged" })),
    );
  });
  svg.append(timeAxis(x, strips.length * ROW - 4, 0, 0));
  return svg;
}
