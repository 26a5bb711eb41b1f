/** Dissociation after each dose: how high it went, and how long until back to usual. */
import { scaleBand, type ScaleBand, scaleLinear } from "d3-scale";
import { symbol, symbolCircle, symbolTriangle } from "d3-shape";
import { s } from "../dom.ts";
import type { DissociationCourse } from "../trends.ts";
import { number } from "../words.ts";
import { drawing, gridOf, label, LEFT, type Linear, RIGHT, round, rule } from "./frame.ts";

export interface Course {
  name: string;
  /** "5 Mar" or "Mar 2026" below the column. */
  day: string;
  date: string;
  course: DissociationCourse;
}

const PEAK = { title: 16, top: 40, bottom: 132 };
const TIME = { title: 164, top: 188, bottom: 286 };
const HEIGHT = TIME.bottom + 42;

type Columns = ScaleBand<string>;

/** Two panels with one column a session, in their order. */
export function drawDissociation(courses: Course[], words: string, width: number): SVGSVGElement {
  const keys = courses.map((_, index) => String(index));
  const columns = scaleBand(keys, [LEFT, width - RIGHT]).padding(0.3);
  const peak = scaleLinear([0, 10], [PEAK.bottom, PEAK.top]);
  const longest = Math.max(60, ...courses.map(({ course }) => minutesOf(course) ?? 0));
  const time = scaleLinear([0, longest], [TIME.bottom, TIME.top]).nice(3);
  const svg = drawing(width, HEIGHT, words);
  svg.append(
    label(LEFT, PEAK.title, "Highest, 0\u201310", "panel-title"),
    gridOf(peak, [0, 5, 10], width),
    label(LEFT, TIME.title, "Minutes until back to usual", "panel-title"),
    gridOf(time, time.ticks(3), width),
  );
  const roomy = columns.step() >= 30;
  courses.forEach(({ course }, index) => {
    const at = (columns(String(index)) ?? 0) + columns.bandwidth() / 2;
    svg.append(
      s(
        "g",
        { class: "dissociation" },
        drawPeak(course, at, peak, roomy),
        drawTime(course, at, time, roomy),
      ),
    );
  });
  svg.append(drawNames(courses, columns));
  return svg;
}

function drawPeak(course: DissociationCourse, at: number, y: Linear, roomy: boolean): SVGGElement {
  const group = s("g");
  if (course.peak === undefined) return group;
  group.append(rule(at, y(0), at, y(course.peak), "stem"), mark(at, y(course.peak), false, false));
  if (roomy) group.append(label(at, y(course.peak) - 9, number(course.peak), "value", "middle"));
  return group;
}

function drawTime(course: DissociationCourse, at: number, y: Linear, roomy: boolean): SVGGElement {
  const group = s("g");
  const minutes = minutesOf(course);
  if (minutes === null) {
    const words = course.status === "never_above_threshold" ? "usual" : "\u2013";
    if (roomy) group.append(label(at, y(0) - 6, words, "value", "middle"));
    return group;
  }
  const raised = course.status === "censored";
  group.append(
    rule(at, y(0), at, y(minutes), raised ? "stem stem-open" : "stem"),
    mark(at, y(minutes), raised, raised),
  );
  const words = raised ? `>${number(minutes, 0)}` : number(minutes, 0);
  if (roomy) group.append(label(at, y(minutes) - 10, words, "value", "middle"));
  return group;
}

function mark(x: number, y: number, open: boolean, triangle: boolean): SVGPathElement {
  const shape = symbol(triangle ? symbolTriangle : symbolCircle, triangle ? 72 : 52);
  return s("path", {
    d: shape() ?? "",
    transform: `translate(${round(x)} ${round(y)})`,
    class: open ? "mark mark-open" : "mark",
  });
}

function drawNames(courses: Course[], columns: Columns): SVGGElement {
  const group = s("g");
  let last = -Infinity;
  courses.forEach(({ name, day }, index) => {
    const at = (columns(String(index)) ?? 0) + columns.bandwidth() / 2;
    if (at - last < 46) return;
    last = at;
    group.append(
      label(at, TIME.bottom + 18, name, "tick strong", "middle"),
      label(at, TIME.bottom + 34, day, "tick", "middle"),
    );
  });
  return group;
}

/** Minutes to baseline, or the last minute at which it was still raised; null for neither. */
export function minutesOf(course: DissociationCourse): number | null {
  return course.time_to_baseline_minutes ?? course.unresolved_at_minute ?? null;
}
