/** The last days in three numbers, with the direction in words. */
import { h } from "../dom.ts";
import { about, type MetricSummary, type Trends } from "../trends.ts";
import { codeWords, count, datesIn, number, rateWords } from "../words.ts";
import { card } from "./parts.ts";

/** Null where no metric is shared. */
export function glance(trends: Trends): HTMLElement | null {
  const { summary } = trends;
  const days = summary ? datesIn(summary.window) : 0;
  const tiles = [
    ...(summary?.metrics ?? [])
      .filter(({ metric }) => metric === "mood" || metric === "anxiety")
      .map((one) => medianTile(one, trends, days)),
    flashbackTile(trends),
  ].filter((tile) => tile !== null);
  if (!tiles.length) return null;
  const lead = "The direction over the period, said only as firmly as the days allow.";
  return card("At a glance", lead, h("div", { class: "tiles" }, ...tiles));
}

function medianTile(summary: MetricSummary, trends: Trends, days: number): HTMLElement {
  const { last_7: last } = summary;
  const slope = about(trends.slopes, summary.metric);
  return tile({
    kind: summary.metric,
    title: codeWords(summary.metric),
    scale: `0\u201310, ${summary.better} is better`,
    figure: last.median === undefined ? "\u2013" : number(last.median, 2),
    ...weeksOf(summary, days),
    words: slope?.slope.words ?? summary.slope.words,
    plain: slope?.plain,
  });
}

const WEEK = 7;

/** Of which days the medians are: of a period of so many dates, which may be less than a week. */
export function weeksOf(
  { last_7: last, previous_7: previous }: Pick<MetricSummary, "last_7" | "previous_7">,
  days: number,
): Pick<Tile, "caption" | "before"> {
  const inLast = Math.min(days, WEEK);
  const inPrevious = Math.min(days - inLast, WEEK);
  const logged = `${last.n_days} of ${inLast} logged`;
  return {
    caption: `median of the last ${count(inLast, "day")} of the period (${logged})`,
    before:
      previous.median === undefined
        ? null
        : `${number(previous.median, 2)} in the ${count(inPrevious, "day")} before`,
  };
}

function flashbackTile(trends: Trends): HTMLElement | null {
  const answer = trends.flashbacks;
  if (!answer) return null;
  const { total } = answer.flashbacks;
  const slope = about(trends.slopes, "flashback_count");
  return tile({
    kind: "flashback",
    title: "Flashbacks",
    scale: "count, lower is better",
    figure: total.rate_per_week === undefined ? "\u2013" : rateWords(total.rate_per_week),
    caption: `a week, from ${count(total.observed_days, "logged day")}`,
    before: total.ci95_per_week
      ? `95 % interval ${total.ci95_per_week.map(rateWords).join(" to ")}`
      : null,
    words: slope?.slope.words,
    plain: slope?.plain ?? answer.plain,
  });
}

interface Tile {
  kind: string;
  title: string;
  scale: string;
  figure: string;
  caption: string;
  before: string | null;
  words: string | undefined;
  plain: string | undefined;
}

const ARROWS = new Map<string, string>([
  ["clear_rise", "\u2197"],
  ["clear_fall", "\u2198"],
  ["no_clear_change", "\u2192"],
]);

function tile(one: Tile): HTMLElement {
  const arrow = one.words && ARROWS.get(one.words);
  return h(
    "article",
    { class: `tile ${one.kind}` },
    h("h3", {}, one.title),
    h("p", { class: "scale" }, one.scale),
    h("p", { class: "figure" }, one.figure),
    h("p", { class: "caption" }, one.caption),
    one.before && h("p", { class: "caption" }, one.before),
    one.words &&
      h(
        "p",
        { class: "direction" },
        arrow && h("span", { class: "arrow", "aria-hidden": "true" }, arrow),
        codeWords(one.words),
      ),
    one.plain && h("p", { class: "plain" }, `\u201c${one.plain}\u201d`),
  );
}
