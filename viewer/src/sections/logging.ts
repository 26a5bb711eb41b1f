/** How complete the journal is, and the patterns that hang on it. */
import { drawCoverage, type Strip } from "../charts/coverage.ts";
import { responsive } from "../charts/frame.ts";
import { h } from "../dom.ts";
import { keptFrom } from "../kept.ts";
import {
  about,
  isDrawn,
  type KindCoverage,
  type Metric,
  type Occasion,
  type Trends,
  type WeekdayAnswer,
} from "../trends.ts";
import { codeWords, count, dayWords, number, rateWords, shareWords } from "../words.ts";
import { card, disclosure, summaries, table } from "./parts.ts";

const METRICS = new Map<string, Metric>([
  ["mood", "mood"],
  ["anxiety", "anxiety"],
  ["flashback", "flashback_count"],
]);

/** Null where the document has no coverage. */
export function logging(trends: Trends, life: AbortSignal): HTMLElement | null {
  const answer = trends.coverage;
  if (!answer) return null;
  const { overall, kinds } = answer.logging;
  const strips = kinds.flatMap((kind): Strip[] => {
    const days = about(trends.daily, METRICS.get(kind.kind) ?? "mood")?.days;
    if (!days) return [];
    const short = `${kind.observed_days} of ${count(kind.window_days, "day")}`;
    return [
      { kind: kind.kind, title: codeWords(kind.kind), short, words: coverageWords(kind), days },
    ];
  });
  const { from, to } = answer.window;
  const all = [{ kind: "any entry", ...overall }, ...kinds];
  return card(
    "What was logged",
    "Each mark is a day with an entry. Harder days are logged less often.",
    h("p", { class: "overall" }, `Any entry: ${coverageWords(overall)}.${cutOff(trends)}`),
    strips.length > 0 &&
      responsive((width) => drawCoverage(strips, from, to, answer.plain, width), life),
    summaries([{ about: "Journal", plain: answer.plain }]),
    disclosure("Data table: logged days", () =>
      table(
        "Logged days by kind",
        ["Kind", "Days logged", "Days in all", "Share", "Longest gap"],
        all.map((kind) => [
          codeWords(kind.kind),
          String(kind.observed_days),
          String(kind.window_days),
          shareWords(kind.observed_days, kind.window_days),
          count(kind.longest_gap_days, "day"),
        ]),
      ),
    ),
  );
}

/** The counts are those of the whole period, so they must say what they miss. */
function cutOff(trends: Trends): string {
  const first = keptFrom(trends);
  if (first === null) return "";
  return ` Entries before ${dayWords(first)} are not here, though their days are counted.`;
}

function coverageWords(one: Omit<KindCoverage, "kind">): string {
  const gap = count(one.longest_gap_days, "day");
  return `${one.observed_days} of ${count(one.window_days, "day")}, longest gap ${gap}`;
}

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Triggers, surroundings, kinds of report, weekdays; null where none of it is shared. */
export function patterns(trends: Trends): HTMLElement | null {
  const flashbacks = trends.flashbacks?.flashbacks;
  const weekday = (trends.weekday ?? []).filter(isDrawn);
  if (!flashbacks && !weekday.length) return null;
  const { by_trigger: triggers = [], by_context: contexts = [] } = flashbacks ?? {};
  return card(
    "Patterns",
    flashbacks
      ? "What was noted with flashback episodes, and medians by weekday."
      : "Medians by weekday.",
    summaries([
      ...(flashbacks ? [{ about: "Flashbacks", plain: trends.flashbacks?.plain }] : []),
      ...weekday.map(({ metric, plain }) => ({
        about: `${codeWords(metric ?? "")} by weekday`,
        plain,
      })),
    ]),
    h(
      "div",
      { class: "multiples" },
      triggers.length > 0 && occasions("Triggers of episodes", "Trigger", triggers),
      contexts.length > 0 && occasions("Where episodes happened", "Place", contexts),
      flashbacks && reports(flashbacks),
    ),
    weekday.length > 0 && disclosure("Data table: weekdays", () => weekdays(weekday)),
  );
}

function occasions(caption: string, heading: string, list: Occasion[]): HTMLElement {
  const columns = [heading, "Episodes", "Median distress"];
  return table(
    caption,
    columns,
    list.map(({ code, episodes, distress_median: distress }) => [
      codeWords(code),
      String(episodes),
      distress === undefined ? "\u2013" : number(distress, 2),
    ]),
  );
}

type Flashbacks = NonNullable<Trends["flashbacks"]>["flashbacks"];

function reports({ reports: days, nightmares }: Flashbacks): HTMLElement {
  return table(
    "How flashbacks were reported",
    ["Report", "Days or count"],
    [
      ["days with single episodes", String(days.episode_days)],
      ["days with a daily count", String(days.daily_count_days)],
      ["days with \u201cnone today\u201d", String(days.none_today_days)],
      ["nightmares", nightmareWords(nightmares)],
    ],
  );
}

/** How many there were, on how many days that tell of them; a dash where no day does. */
export function nightmareWords(nightmares: Flashbacks["nightmares"]): string {
  const { count: counted, observed_days: days, rate_per_week: rate } = nightmares;
  if (!days) return "\u2013";
  const weekly = rate === undefined ? "" : ` (${rateWords(rate)} a week)`;
  return `${counted}, from ${count(days, "day")}${weekly}`;
}

function weekdays(answers: WeekdayAnswer[]): HTMLElement {
  return table(
    "Medians by weekday; a dash is fewer than four such days",
    ["Weekday", ...answers.map(({ metric }) => codeWords(metric ?? ""))],
    WEEKDAYS.map((name, index) => [
      name,
      ...answers.map(({ weekdays: { by_weekday: days } }) => {
        const median = days.find(({ weekday }) => weekday === index + 1)?.median;
        return median === undefined ? "\u2013" : number(median, 2);
      }),
    ]),
  );
}
