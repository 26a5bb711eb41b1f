/** The days around the sessions, one chart a metric. */
import { drawAligned } from "../charts/aligned.ts";
import { PRINT_THIRD, responsive } from "../charts/frame.ts";
import { bandSign, lineSign, medianSign } from "../charts/signs.ts";
import { h } from "../dom.ts";
import { isDrawn, type Metric, type ResponseAnswer, type Trends } from "../trends.ts";
import { codeWords, number, signed } from "../words.ts";
import { absence, card, disclosure, legend, summaries, table } from "./parts.ts";

const COLOURS = new Map<Metric, string>([
  ["mood", "mood"],
  ["anxiety", "anxiety"],
  ["flashback_count", "flashback"],
]);

/** Null where no session response is shared. */
export function around(trends: Trends, life: AbortSignal): HTMLElement | null {
  const answers = (trends.session_response ?? []).filter(isDrawn);
  if (!answers.length) return null;
  return card(
    "Around the sessions",
    "Days counted from each session (day 0), up to the next one. Days before and after are " +
      "compared by time alone: this does not tell why anything changed.",
    h("div", { class: "multiples thirds" }, ...answers.map((answer) => multiple(answer, life))),
    legend(
      [medianSign("mood"), "median over sessions"],
      [bandSign("mood"), "middle half of the sessions (from 4)"],
      [lineSign("mood", "one-session"), "one session"],
    ),
    summaries(answers.map((answer) => ({ about: nameOf(answer), plain: answer.plain }))),
    ...answers.map((answer) =>
      disclosure(`Data table: ${nameOf(answer).toLowerCase()} around the sessions`, () =>
        offsets(answer),
      ),
    ),
  );
}

function nameOf(answer: ResponseAnswer): string {
  return codeWords(answer.metric ?? "");
}

function multiple(answer: ResponseAnswer, life: AbortSignal): HTMLElement {
  const kind = COLOURS.get(answer.metric ?? "mood") ?? "mood";
  const unit = answer.unit === "count" ? "count a day" : "0\u201310";
  const title = h("figcaption", {}, `${nameOf(answer)}, ${unit}, ${answer.better ?? ""} is better`);
  if (answer.status !== "ok") return h("figure", {}, title, absence("Not enough days yet."));
  return h(
    "figure",
    {},
    title,
    responsive((width) => drawAligned(answer, kind, width), life, PRINT_THIRD),
  );
}

function offsets(answer: ResponseAnswer): HTMLElement {
  const shown = (value: number | undefined): string =>
    value === undefined ? "\u2013" : number(value, 2);
  return table(
    `${nameOf(answer)} by days from the session`,
    ["Day", "Sessions (n)", "Median", "Lower quartile", "Upper quartile"],
    answer.response.curve.map(({ offset, n_sessions, median, q1, q3 }) => [
      signed(offset),
      String(n_sessions),
      shown(median),
      shown(q1),
      shown(q3),
    ]),
  );
}
