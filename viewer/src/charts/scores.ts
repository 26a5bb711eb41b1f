/** The scores of one questionnaire with its bands and the wobble of its first score. */
import { scaleLinear, scaleUtc } from "d3-scale";
import { line, symbol, symbolCircle, symbolDiamond, symbolSquare } from "d3-shape";
import { s } from "../dom.ts";
import type { Instrument } from "../instruments.ts";
import type { AssessmentAnswer, Score, Verdict } from "../trends.ts";
import { codeWords, dateOf, number } from "../words.ts";
import {
  drawing,
  gridOf,
  label,
  LEFT,
  type Linear,
  RIGHT,
  round,
  rule,
  type Time,
  timeAxis,
} from "./frame.ts";
import { CROSS } from "./signs.ts";

const TOP = 16;
const PLOT = 190;
/** Room at the right for the names of the bands, on two lines if need be. */
const BAND_ROOM = 70;
const SYMBOLS = { better: symbolDiamond, worse: symbolSquare, none: symbolCircle };

interface Drawn {
  score: Score;
  value: number;
  x: number;
  y: number;
}

/** The drawing of one instrument. */
export function drawScores(
  answer: AssessmentAnswer,
  instrument: Instrument,
  width: number,
): SVGSVGElement {
  const y = scaleLinear([0, instrument.most], [TOP + PLOT, TOP]);
  const { from, to } = answer.window;
  const right = width - RIGHT - 10 - (instrument.bands.length ? BAND_ROOM : 0);
  const x = scaleUtc([dateOf(from), dateOf(to)], [LEFT + 10, right]);
  const course = answer.assessment.scores.map((score): Drawn | null => {
    const value = scoreOf(score, answer.unit);
    return value === null ? null : { score, value, x: x(dateOf(score.date)), y: y(value) };
  });
  const drawn = course.filter((one) => one !== null);
  const svg = drawing(width, TOP + PLOT + 26, answer.plain);
  svg.append(
    drawWobble(answer, drawn[0], y, width),
    instrument.bands.length ? drawBands(instrument, y, width) : gridOf(y, y.ticks(4), width),
    s("g", { class: "assessment" }, s("path", { d: coursePath(course), class: "course" })),
    drawMarks(drawn),
    drawMissing(answer.assessment.scores, x),
    timeAxis(x, TOP + PLOT),
  );
  return svg;
}

/** The number that counts for an instrument: the percent where that is its unit. */
export function scoreOf(score: Score, unit: string | undefined): number | null {
  if (score.status !== "scored") return null;
  return (unit === "percent" ? score.percent : score.total) ?? null;
}

function drawBands({ bands, most }: Instrument, y: Linear, width: number): SVGGElement {
  const group = s("g");
  bands.forEach(({ from, code }, index) => {
    const upper = bands[index + 1]?.from ?? most;
    group.append(
      rule(LEFT, y(from), width - RIGHT, y(from), from === 0 ? "axis" : "grid"),
      label(LEFT - 8, y(from) + 4, String(from), "tick", "end"),
    );
    const room = y(from) - y(upper);
    if (room < 13) return;
    const lines = linesOf(codeWords(code));
    lines.forEach((line, row) => {
      const middle = y(from) - room / 2 + 4 + (row - (lines.length - 1) / 2) * 13;
      group.append(label(width - RIGHT - 2, middle, line, "tick", "end"));
    });
  });
  group.append(label(LEFT - 8, y(most) + 4, String(most), "tick", "end"));
  return group;
}

function linesOf(name: string): string[] {
  const cut = name.length > 10 ? name.lastIndexOf(" ") : -1;
  return cut < 0 ? [name] : [name.slice(0, cut), name.slice(cut + 1)];
}

/** Within so many points of the first score a change is no larger than the usual wobble. */
function drawWobble(
  answer: AssessmentAnswer,
  first: Drawn | undefined,
  y: Linear,
  width: number,
): SVGGElement {
  const group = s("g", { class: "assessment" });
  const points = answer.assessment.constants.find(({ use }) => use === "reliable")?.points;
  if (points === undefined || !first) return group;
  const [low = 0, high = 0] = y.domain();
  const top = y(Math.min(first.value + points, high));
  const height = y(Math.max(first.value - points, low)) - top;
  const x = LEFT;
  const box = { x, y: round(top), width: round(width - RIGHT - x), height: round(height) };
  group.append(s("rect", { ...box, class: "wobble" }));
  return group;
}

/** The line from score to score; null is a questionnaire without one, over which it breaks. */
export function coursePath(course: (Pick<Drawn, "x" | "y"> | null)[]): string {
  const path = line<Pick<Drawn, "x" | "y"> | null>()
    .defined((one) => one !== null)
    .x((one) => round(one?.x ?? 0))
    .y((one) => round(one?.y ?? 0));
  return path(course) ?? "";
}

function drawMarks(drawn: Drawn[]): SVGGElement {
  const group = s("g", { class: "assessment" });
  let last = -Infinity;
  for (const one of drawn) {
    const verdict: Verdict = one.score.from_first?.reliable ?? "none";
    const shape = symbol(SYMBOLS[verdict], verdict === "none" ? 56 : 84);
    const transform = `translate(${round(one.x)} ${round(one.y)})`;
    const kind = one.score.prorated ? "mark mark-open" : "mark";
    group.append(s("path", { d: shape() ?? "", transform, class: kind }));
    if (one.x - last < 22) continue;
    last = one.x;
    group.append(label(one.x, one.y - 11, number(one.value, 0), "value", "middle"));
  }
  return group;
}

function drawMissing(scores: Score[], x: Time): SVGGElement {
  const group = s("g");
  for (const { status, date } of scores) {
    if (status === "incomplete")
      group.append(label(x(dateOf(date)), TOP + PLOT - 5, CROSS, "value", "middle"));
  }
  return group;
}
