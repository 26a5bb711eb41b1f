/** Codes, numbers and dates in words. */
import { timeFormat, utcFormat } from "d3-time-format";

const shortDay = utcFormat("%-d %b");
const longDay = utcFormat("%-d %b %Y");
const month = utcFormat("%b %Y");
const fullDay = utcFormat("%A %-d %B %Y");
const localDay = timeFormat("%Y-%m-%d");

const CODES = new Map<string, string>([
  ["mood", "Mood"],
  ["anxiety", "Anxiety"],
  ["anxiety_peak", "Anxiety, highest of the day"],
  ["flashback", "Flashbacks"],
  ["flashback_count", "Flashbacks"],
  ["flashback_distress", "Distress of flashbacks"],
  ["nightmares", "Nightmares"],
  ["dissociation", "Dissociation"],
  ["dissociation_peak", "Dissociation"],
  ["session", "Sessions"],
  ["assessment", "Questionnaires"],
  ["clear_rise", "Clear rise"],
  ["clear_fall", "Clear fall"],
  ["no_clear_change", "No clear change"],
  ["not_enough_days", "Not enough days yet"],
  ["ketamine_racemic", "Ketamine (racemic)"],
  ["iv_infusion", "IV infusion"],
  ["iv_push", "IV push"],
  ["im", "IM"],
  ["sc", "SC"],
  ["raised_bp", "raised blood pressure"],
  ["none_minimal", "none or minimal"],
  ["sight_scene", "sight or scene"],
  ["smell_taste", "smell or taste"],
  ["touch_body_state", "touch or body state"],
  ["thought_feeling", "thought or feeling"],
  ["none_noticed", "none noticed"],
]);

/** Words of a code; an unknown one is shown without its underscores. */
export function codeWords(code: string): string {
  return CODES.get(code) ?? code.replaceAll("_", " ");
}

const CAVEATS = new Map<string, string>([
  ["few_days", "Few days were logged."],
  ["low_coverage", "Fewer than half of the days were logged."],
  ["long_gap", "More than seven days in a row have no value."],
  ["constant", "All values are equal."],
  [
    "autocorrelated",
    "Neighbouring days resemble each other: the words allow for it, the interval does not and is too narrow.",
  ],
  ["sessions_inside", "Sessions lie inside this period."],
  ["mixed_reports", "Single episodes and daily counts are mixed; their rates can differ widely."],
  ["overdispersed", "Counts vary more than chance alone would; the interval is wider for it."],
  ["few_sessions", "Fewer than four sessions have a value."],
  ["overlapping_sessions", "The next session came before the end of the days shown."],
  ["session_in_baseline", "An earlier session lies within the days before."],
  ["recalled_entries", "Some courses were written down afterwards."],
  ["outside_session_window", "Some entries lie outside the hours of their session and are left out."],
  ["not_cause", "A correlation across sessions is a description, never a cause."],
  ["prorated", "A score was prorated because answers were skipped."],
  ["recall_overlap", "A questionnaire was repeated sooner than its recall period."],
  ["truncated", "Only the newest 5,000 are included."],
]);

/** The sentence of a caveat. */
export function caveatWords(code: string): string {
  return CAVEATS.get(code) ?? `Note: ${codeWords(code)}.`;
}

const METHODS = new Map<string, string>([
  ["rolling_median", "7-day rolling median"],
  ["theil_sen", "Theil\u2013Sen slope with 95 % interval"],
  ["session_aligned", "session-aligned medians"],
  ["flashback_rate", "flashback rate with 95 % interval"],
  ["assessment_change", "questionnaire change"],
]);

/** The name of a method, as the report on paper gives it. */
export function methodWords(name: string): string {
  return METHODS.get(name) ?? codeWords(name);
}

/** As the service rounds: half-way goes to the even digit, so that no two places differ. */
function rounded(size: number, digits: number): number {
  const text = size.toFixed(digits);
  const halfWay = /50{19}$/.test(size.toFixed(digits + 20));
  if (!halfWay || !/[13579]$/.test(text)) return Number(text);
  return Number((Number(text) - 10 ** -digits).toFixed(digits));
}

/** A number with at most `digits` decimals and a true minus sign, never a negative zero. */
export function number(value: number, digits = 1): string {
  const size = rounded(Math.abs(value), digits);
  return value < 0 && size > 0 ? `\u2212${size}` : String(size);
}

const [TENTH, HUNDREDTH] = [0.095, 0.0095];

/** A rate as the service's sentences write it: with more decimals where one would show nothing. */
export function rateWords(rate: number): string {
  if (rate >= TENTH) return number(rate);
  return number(rate, rate >= HUNDREDTH ? 2 : 3);
}

/** "89 %" of the days; 0 and 100 for none and all alone, as in the report. */
export function shareWords(days: number, all: number): string {
  if (days === 0 || days === all) return days ? "100 %" : "0 %";
  return `${Math.min(Math.max(rounded((100 * days) / all, 0), 1), 99)} %`;
}

/** A number that always shows its sign. */
export function signed(value: number, digits = 1): string {
  const text = number(value, digits);
  return text.startsWith("\u2212") || text === "0" ? text : `+${text}`;
}

/** A local date as midnight UTC, for scales only. */
export function dateOf(day: string): Date {
  return new Date(`${day.slice(0, 10)}T00:00:00Z`);
}

const DAY_MS = 86_400_000;

/** How many dates a period has, both ends included. */
export function datesIn({ from, to }: { from: string; to: string }): number {
  return Math.round((dateOf(to).getTime() - dateOf(from).getTime()) / DAY_MS) + 1;
}

/** "5 Mar 2026" of a local date. */
export function dayWords(day: string): string {
  return longDay(dateOf(day));
}

/** "5 Mar" of a local date. */
export function shortDayWords(day: string): string {
  return shortDay(dateOf(day));
}

/** "Mar 2026" of a local date. */
export function monthWords(day: string): string {
  return month(dateOf(day));
}

/** "Thursday 5 March 2026" of a local date. */
export function fullDayWords(day: string): string {
  return fullDay(dateOf(day));
}

/** "2026-03-05", the date of an instant on the reader's own clock: for names of files. */
export function fileDay(instant: Date): string {
  return localDay(instant);
}

/** "1 Feb – 31 May 2026"; the year of the first day only where it differs. */
export function periodWords(from: string, to: string): string {
  const first = from.slice(0, 4) === to.slice(0, 4) ? shortDayWords(from) : dayWords(from);
  return `${first} \u2013 ${dayWords(to)}`;
}

/** An instant as the clock of `zone` shows it, with its name; without one, the reader's own. */
export function instantWords(instant: Date, zone?: string): string {
  const style: Intl.DateTimeFormatOptions = {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  };
  try {
    return new Intl.DateTimeFormat("en-GB", zone ? { ...style, timeZone: zone } : style).format(
      instant,
    );
  } catch {
    return `${instant.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  }
}

/** The local time as written in an RFC 3339 text, its offset left out. */
export function writtenTimeWords(written: string): string {
  const day = /^\d{4}-\d{2}-\d{2}/.test(written) ? dayWords(written) : written;
  const time = /T(\d{2}:\d{2})/.exec(written)?.[1];
  const zone = written.endsWith("Z") ? " UTC" : "";
  return time ? `${day}, ${time}${zone}` : day;
}

/** Signs that set the direction of all that follows them. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/gu;

const FROM_RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\u200f\u061c]/u;

/**
 * A name amid other words where no element can stand around it: it turns nothing but itself. Signs
 * around it leave gaps in print, so only names written from the right get them.
 */
export function isolated(name: string): string {
  const plain = name.replace(DIRECTIONS, "");
  return FROM_RIGHT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** "1 day", "3 days". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}
