/** The days around a session: every session's line, the median, the quartiles, the n. */
import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { s } from "../dom.ts";
import type { CurvePoint, ResponseAnswer, ResponseLine } from "../trends.ts";
import { dots, drawing, gridOf, label, LEFT, type Linear, RIGHT, round, rule } from "./frame.ts";

const TOP = 20;
const PLOT = 170;
/** From here on single lines only darken the place where most of them run. */
const MANY_SESSIONS = 16;
const HEIGHT = TOP + PLOT + 62;

/** The drawing; `kind` names the colour of the series. */
export function drawAligned(answer: ResponseAnswer, kind: string, width: number): SVGSVGElement {
  const { curve, lines } = answer.response;
  const first = curve[0]?.offset ?? -7;
  const last = curve.at(-1)?.offset ?? 14;
  const x = scaleLinear([first - 0.5, last + 0.5], [LEFT, width - RIGHT]);
  const y = verticalScale(answer);
  const svg = drawing(width, HEIGHT, answer.plain);
  if (lines.length > MANY_SESSIONS) svg.classList.add("many");
  svg.append(
    gridOf(y, y.ticks(2), width),
    rule(x(0), TOP - 4, x(0), TOP + PLOT, "session-line"),
    label(x(0), TOP - 8, "session", "tick", "middle"),
    s("g", { class: kind }, ...lines.flatMap((one) => drawLine(one, x, y)), drawBand(curve, x, y)),
    s("g", { class: kind }, ...drawMedian(curve, x, y)),
    drawOffsets(curve, x, width),
  );
  return svg;
}

function verticalScale(answer: ResponseAnswer): Linear {
  const range = [TOP + PLOT, TOP];
  if (answer.unit !== "count") return scaleLinear([0, 10], range);
  const values = answer.response.lines.flatMap(({ points }) => points.map(({ value }) => value));
  return scaleLinear([0, Math.max(2, max(values) ?? 0)], range).nice(2);
}

/** One session; days that do not adjoin are not joined. */
function drawLine({ points }: ResponseLine, x: Linear, y: Linear): SVGElement[] {
  let d = "";
  let before: number | null = null;
  for (const { offset, value } of points) {
    d += `${before === offset - 1 ? "L" : "M"}${round(x(offset))} ${round(y(value))}`;
    before = offset;
  }
  return [s("path", { d, class: "one-session" })];
}

function drawBand(curve: CurvePoint[], x: Linear, y: Linear): SVGPathElement {
  const band = area<CurvePoint>()
    .defined(({ q1, q3 }) => q1 !== undefined && q3 !== undefined)
    .x(({ offset }) => round(x(offset)))
    .y0(({ q1 }) => round(y(q1 ?? 0)))
    .y1(({ q3 }) => round(y(q3 ?? 0)));
  return s("path", { d: band(curve) ?? "", class: "band" });
}

function drawMedian(curve: CurvePoint[], x: Linear, y: Linear): SVGElement[] {
  const median = line<CurvePoint>()
    .defined((point) => point.median !== undefined)
    .x(({ offset }) => round(x(offset)))
    .y((point) => round(y(point.median ?? 0)));
  const there = curve.flatMap(({ offset, median: value }): [number, number][] =>
    value === undefined ? [] : [[x(offset), y(value)]],
  );
  return [s("path", { d: median(curve) ?? "", class: "median" }), dots(there, "dots dots-solid")];
}

function drawOffsets(curve: CurvePoint[], x: Linear, width: number): SVGGElement {
  const base = TOP + PLOT;
  const group = s("g");
  const step = x(1) - x(0);
  const days = step >= 30 ? 1 : step >= 15 ? 2 : 7;
  const digits = Math.max(...curve.map(({ n_sessions }) => String(n_sessions).length));
  const counts = Math.ceil((digits * 7 + 4) / step);
  for (const { offset, n_sessions } of curve) {
    if (offset % days === 0) {
      group.append(
        rule(x(offset), base, x(offset), base + 4, "axis"),
        label(x(offset), base + 18, offsetWords(offset), "tick", "middle"),
      );
    }
    if (offset % counts === 0) {
      group.append(label(x(offset), base + 36, String(n_sessions), "tick", "middle"));
    }
  }
  group.append(
    label(LEFT - 8, base + 36, "n", "tick strong", "end"),
    label((LEFT + width - RIGHT) / 2, base + 56, "days from the session", "tick", "middle"),
  );
  return group;
}

function offsetWords(offset: number): string {
  return offset > 0 ? `+${offset}` : String(offset).replace("-", "\u2212");
}
