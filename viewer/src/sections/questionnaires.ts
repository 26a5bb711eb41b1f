/** One chart and one table for every questionnaire. */
import { symbolCircle, symbolDiamond, symbolSquare } from "d3-shape";
import { PRINT_HALF, responsive } from "../charts/frame.ts";
import { drawScores, scoreOf } from "../charts/scores.ts";
import { bandSign, crossSign, markSign } from "../charts/signs.ts";
import { h } from "../dom.ts";
import { type Instrument, instrumentOf } from "../instruments.ts";
import type { AssessmentAnswer, Change, Score, Trends, Verdict } from "../trends.ts";
import { codeWords, dayWords, number, signed } from "../words.ts";
import { absence, card, disclosure, legend, summaries, table } from "./parts.ts";

/** Null where no questionnaire is shared. */
export function questionnaires(trends: Trends, life: AbortSignal): HTMLElement | null {
  if (!trends.assessments) return null;
  const answers = trends.assessments.filter(({ assessment }) => assessment.scores.length > 0);
  const lead = "Bands are those of the questionnaires and no diagnoses.";
  if (!answers.length) {
    return card("Questionnaires", lead, absence("No questionnaire with a trend in this period."));
  }
  const incomplete = answers.some(({ assessment }) =>
    assessment.scores.some(({ status }) => status === "incomplete"),
  );
  return card(
    "Questionnaires",
    lead,
    h("div", { class: "multiples" }, ...answers.map((answer) => instrument(answer, life))),
    legend(
      [markSign("assessment", symbolCircle), "score, no reliable change known"],
      [markSign("assessment", symbolDiamond), "reliably better"],
      [markSign("assessment", symbolSquare), "reliably worse"],
      [markSign("assessment", symbolCircle, true), "prorated"],
      incomplete && [crossSign(), "no score: too many items were skipped"],
      [bandSign("assessment", "wobble"), "usual wobble around the first score"],
    ),
  );
}

function instrument(answer: AssessmentAnswer, life: AbortSignal): HTMLElement {
  const { assessment, better = "lower", unit } = answer;
  const values = assessment.scores.map((score) => scoreOf(score, unit) ?? 0);
  const known = instrumentOf(assessment.instrument, Math.max(...values));
  const subject = known.subject && `${known.subject}, `;
  const range = `0\u2013${known.most}${unit === "percent" ? " %" : ""}`;
  return h(
    "figure",
    {},
    h("figcaption", {}, h("strong", {}, known.name), ` ${subject}${range}, ${better} is better`),
    responsive((width) => drawScores(answer, known, width), life, PRINT_HALF),
    summaries([{ about: known.name, plain: answer.plain }]),
    disclosure(`Data table: ${known.name}`, () => scoreTable(answer, known)),
    ...assessment.constants.map(({ use, citation }) =>
      h("p", { class: "citation" }, `${codeWords(use)} change \u2014 ${citation}`),
    ),
  );
}

function scoreTable({ assessment, unit }: AssessmentAnswer, { name }: Instrument): HTMLElement {
  const columns = ["Day", "Score", "Band", "From the first", "Reliable", "Meaningful", "Remarks"];
  const rows = assessment.scores.map((score) => {
    const value = scoreOf(score, unit);
    const { from_first: change } = score;
    return [
      dayWords(score.date),
      value === null ? "incomplete" : number(value) + (unit === "percent" ? " %" : ""),
      score.band ? codeWords(score.band) : "\u2013",
      change ? signed(change.change) : "\u2013",
      verdict(change, "reliable"),
      verdict(change, "meaningful"),
      remarks(score),
    ];
  });
  return table(`${name} scores`, columns, rows);
}

const VERDICTS = new Map<Verdict, string>([
  ["better", "better"],
  ["worse", "worse"],
  ["none", "no"],
]);

function verdict(change: Change | undefined, use: "reliable" | "meaningful"): string {
  const found = change?.[use];
  return (found && VERDICTS.get(found)) ?? "\u2013";
}

function remarks({ prorated, recall_overlaps_previous }: Score): string {
  const listed = [
    prorated && "prorated",
    recall_overlaps_previous && "sooner than the recall period",
  ];
  return listed.filter(Boolean).join(", ") || "\u2013";
}
