/** The long chart: days and weeks with the sessions, a line to read single days, the table. */
import {
  drawJourney,
  GAP_DAYS,
  type Journey,
  type JourneyPanel,
  journeyScale,
  middleOf,
} from "../charts/journey.ts";
import { responsive, rule } from "../charts/frame.ts";
import { barSign, dotSign, hatchSign, medianSign, sessionSign } from "../charts/signs.ts";
import { h } from "../dom.ts";
import { dosedSessions } from "../sessions.ts";
import {
  about,
  type DailyAnswer,
  type DailyRow,
  type FlashbackWeek,
  type Trends,
} from "../trends.ts";
import { codeWords, dayWords, fullDayWords, number, rateWords } from "../words.ts";
import { card, disclosure, legend, summaries, table } from "./parts.ts";

/** Null where neither mood nor anxiety nor flashbacks are shared. */
export function journey(trends: Trends, life: AbortSignal): HTMLElement | null {
  const answers = {
    mood: about(trends.daily, "mood"),
    anxiety: about(trends.daily, "anxiety"),
    flashbacks: about(trends.daily, "flashback_count"),
  };
  const window = (answers.mood ?? answers.anxiety ?? answers.flashbacks)?.window;
  if (!window) return null;
  const drawn: Journey = {
    ...window,
    words: `${subjects(answers)} over time. The summary and the data table follow.`,
    panels: [...panel("mood", answers.mood), ...panel("anxiety", answers.anxiety)],
    weeks: trends.flashbacks?.flashbacks.weeks ?? null,
    sessions: dosedSessions(trends),
  };
  const days = dayByDay(answers);
  const scale = drawn.panels[0]?.kind ?? null;
  return card(
    "Over time",
    "Days without an entry are left open; they are never counted as zero.",
    h("div", { class: "reading" }, ...readableChart(drawn, days, life)),
    legend(
      scale !== null && [dotSign(scale), "one day"],
      scale !== null && [medianSign(scale), "median of 7 days"],
      drawn.weeks !== null && [barSign("flashback"), "week with 95 % interval"],
      [
        hatchSign(),
        drawn.weeks === null
          ? `no entry for ${GAP_DAYS} days or more`
          : `no entry for ${GAP_DAYS} days or more, or too few for a weekly rate`,
      ],
      drawn.sessions.length > 0 && [sessionSign(), "session with its number"],
    ),
    summaries([
      { about: "Mood", plain: answers.mood?.plain },
      { about: "Mood, trend", plain: about(trends.slopes, "mood")?.plain },
      { about: "Anxiety", plain: answers.anxiety?.plain },
      { about: "Anxiety, trend", plain: about(trends.slopes, "anxiety")?.plain },
      { about: "Flashbacks", plain: trends.flashbacks?.plain },
    ]),
    disclosure("Data table: days", () => dayTable(days, answers)),
    trends.flashbacks && disclosure("Data table: flashbacks by week", () => weekTable(trends)),
  );
}

function panel(kind: JourneyPanel["kind"], answer: DailyAnswer | undefined): JourneyPanel[] {
  if (!answer) return [];
  const short = `${codeWords(kind)}, 0\u201310`;
  return [{ kind, short, title: `${short}, ${answer.better ?? ""} is better`, days: answer.days }];
}

type Answers = Record<"mood" | "anxiety" | "flashbacks", DailyAnswer | undefined>;

/** "Mood, anxiety and flashbacks", as far as they are shared. */
function subjects(answers: Answers): string {
  const names = (["mood", "anxiety", "flashbacks"] as const).filter((name) => answers[name]);
  const words = names.join(", ").replace(/, (\w+)$/, " and $1");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

interface Day {
  date: string;
  mood?: DailyRow | undefined;
  anxiety?: DailyRow | undefined;
  flashbacks?: DailyRow | undefined;
}

function dayByDay(answers: Answers): Day[] {
  const days = new Map<string, Day>();
  for (const name of ["mood", "anxiety", "flashbacks"] as const) {
    for (const row of answers[name]?.days ?? []) {
      const day = days.get(row.date) ?? { date: row.date };
      day[name] = row;
      days.set(row.date, day);
    }
  }
  return [...days.values()].sort((a, b) => a.date.localeCompare(b.date));
}

function dayText(day: Day): string {
  return [
    `${fullDayWords(day.date)}:`,
    [scaleText("mood", day.mood), scaleText("anxiety", day.anxiety), countText(day.flashbacks)]
      .filter((text) => text !== null)
      .join(" \u00b7 "),
  ].join(" ");
}

function scaleText(name: string, row: DailyRow | undefined): string | null {
  if (!row) return null;
  if (row.value === undefined) return `${name} not logged`;
  const median = row.rolling_median_7;
  const around = median === undefined ? "" : ` (7-day median ${number(median, 2)})`;
  return `${name} ${number(row.value, 2)}${around}`;
}

function countText(row: DailyRow | undefined): string | null {
  if (!row) return null;
  return row.value === undefined ? "flashbacks not logged" : `flashbacks ${number(row.value)}`;
}

/** The chart, the words of the chosen day, and a slider that fingers and keys can move. */
function readableChart(drawn: Journey, days: Day[], life: AbortSignal): HTMLElement[] {
  const last = days.at(-1);
  const slider = h("input", {
    type: "range",
    min: 0,
    max: Math.max(days.length - 1, 0),
    value: Math.max(days.length - 1, 0),
    class: "scrub",
    "aria-label": "Read one day",
    "aria-valuetext": last && dayText(last),
  });
  const readout = h("p", { class: "readout" }, "Move along the chart or the slider to read a day.");
  let place: () => void = () => undefined;
  let chosen = false;
  function say(): void {
    const day = days[slider.valueAsNumber];
    if (!day) return;
    chosen = true;
    slider.setAttribute("aria-valuetext", dayText(day));
    readout.textContent = dayText(day);
    place();
  }
  const chart = responsive((width) => {
    const svg = drawJourney(drawn, width);
    const x = journeyScale(drawn, width);
    const cursor = rule(-9, 26, -9, svg.viewBox.baseVal.height - 26, "cursor");
    svg.append(cursor);
    place = () => {
      const at = String(middleOf(x, days[slider.valueAsNumber]?.date ?? drawn.to));
      cursor.setAttribute("x1", at);
      cursor.setAttribute("x2", at);
    };
    if (chosen) place();
    const read = ({ clientX }: PointerEvent): void => {
      const box = svg.getBoundingClientRect();
      const date = x.invert(((clientX - box.left) * width) / box.width);
      const index = days.findIndex(({ date: day }) => day === date.toISOString().slice(0, 10));
      if (index < 0) return;
      slider.value = String(index);
      say();
    };
    svg.addEventListener("pointerdown", read); // a finger that taps does not move
    svg.addEventListener("pointermove", read);
    return svg;
  }, life);
  slider.addEventListener("input", say);
  return [readout, chart, slider];
}

function dayTable(days: Day[], answers: Answers): HTMLElement {
  const shown = (value: number | undefined): string =>
    value === undefined ? "\u2013" : number(value, 2);
  return table(
    "Values by day. A dash is a day without an entry.",
    [
      "Day",
      ...(answers.mood ? ["Mood", "7-day median"] : []),
      ...(answers.anxiety ? ["Anxiety", "7-day median"] : []),
      ...(answers.flashbacks ? ["Flashbacks"] : []),
    ],
    days.map(({ date, mood, anxiety, flashbacks }) => [
      dayWords(date),
      ...(answers.mood ? [shown(mood?.value), shown(mood?.rolling_median_7)] : []),
      ...(answers.anxiety ? [shown(anxiety?.value), shown(anxiety?.rolling_median_7)] : []),
      ...(answers.flashbacks ? [shown(flashbacks?.value)] : []),
    ]),
  );
}

function weekTable(trends: Trends): HTMLElement {
  return table(
    "Flashbacks by week. A rate needs at least four logged days.",
    ["Week", "Count", "Logged days", "Rate a week", "95 % interval"],
    (trends.flashbacks?.flashbacks.weeks ?? []).map(weekCells),
  );
}

/** The row of a week; one that nobody logged has no count, which is not the same as none. */
export function weekCells(week: FlashbackWeek): string[] {
  return [
    `${dayWords(week.from)} \u2013 ${dayWords(week.to)}`,
    week.observed_days ? String(week.count) : "\u2013",
    String(week.observed_days),
    week.rate_per_week === undefined ? "\u2013" : rateWords(week.rate_per_week),
    week.ci95_per_week?.map(rateWords).join(" to ") ?? "\u2013",
  ];
}
