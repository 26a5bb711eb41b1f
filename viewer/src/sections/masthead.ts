/** Who, when, in which mode, what is left out; and what the reader can take along. */
import { h } from "../dom.ts";
import { cutWords, keptFrom } from "../kept.ts";
import type { CoverageAnswer, Scope, Trends } from "../trends.ts";
import { codeWords, count, dayWords, instantWords, periodWords } from "../words.ts";

export const NOT_MONITORED =
  "Nobody monitors these entries. In an emergency call the local emergency number.";

/** What a printed copy must say of itself. */
export const PRINTED = "Printed copy, not updated";

/** What the page knows of the link and the person once it is open. */
export interface Cover {
  name: string;
  label: string;
  period: string | null;
  /** Of how many of its days it tells: of none that were still to come. */
  days: string | null;
  /** That older entries were cut off, in words. */
  cut: string | null;
  state: string | null;
  expiresAt: Date | null;
  leftOut: string[];
  timeZone: string | null;
}

export interface Action {
  words: string;
  act: () => void;
}

/** The cover of an open journal. */
export function coverOf(
  link: { label: string; expiresAt: Date | null },
  subjectName: string | null,
  trends: Trends | null,
): Cover {
  const window = trends?.daily?.[0]?.window ?? trends?.coverage?.window;
  const from = trends?.scope.from ?? window?.from;
  const to = trends?.scope.to ?? window?.to;
  const first = trends && keptFrom(trends);
  return {
    name: subjectName ?? "Name not given",
    label: link.label,
    period: from && to ? periodWords(from, to) : null,
    days: trends?.coverage ? daysWords(trends.coverage, to) : null,
    cut: first && cutWords(first),
    state: trends && stateWords(trends),
    expiresAt: link.expiresAt,
    leftOut: trends ? leftOut(trends.scope) : [],
    timeZone: trends?.time_zone ?? null,
  };
}

function daysWords({ window, logging }: CoverageAnswer, to: string | undefined): string {
  const days = count(logging.overall.window_days, "day");
  return to !== undefined && window.to < to ? `${days}, up to ${dayWords(window.to)}` : days;
}

function stateWords({ mode, generated_at, time_zone }: Trends): string {
  const when = instantWords(new Date(generated_at), time_zone);
  return mode === "snapshot" ? `Frozen on ${when}` : `As of now (${when})`;
}

const KINDS = ["mood", "anxiety", "flashback", "dissociation", "session", "assessment"];

/** What the patient did not share, in words. */
export function leftOut(scope: Scope): string[] {
  return [
    ...KINDS.filter((kind) => !scope.kinds.includes(kind)).map(codeWords),
    ...(scope.include_notes ? [] : ["Notes and other free text"]),
    ...(scope.include_assessment_item_answers ? [] : ["Single answers of questionnaires"]),
    ...(scope.include_signals ? [] : ["Signals"]),
  ];
}

/** The top of the page. */
export function masthead(cover: Cover, actions: Action[]): HTMLElement {
  return h(
    "header",
    { class: "masthead" },
    h("p", { class: "notice" }, NOT_MONITORED),
    h(
      "div",
      { class: "card identity" },
      h(
        "div",
        { class: "who" },
        h(
          "p",
          { class: "kicker" },
          h("bdi", {}, cover.label),
          // Not every browser prints what stands in the margins of a page.
          h("span", { class: "paper-only" }, ` \u00b7 ${PRINTED}`),
        ),
        h("h1", { tabindex: -1 }, h("bdi", {}, cover.name)),
        cover.period && h("p", { class: "period" }, periodLine(cover)),
        cover.cut && h("p", { class: "cut" }, cover.cut),
        h(
          "p",
          { class: "origin" },
          "Entered by the patient. Not a diagnosis, no treatment advice.",
        ),
      ),
      facts(cover),
      h("div", { class: "actions" }, ...actions.map(button)),
    ),
  );
}

function periodLine({ period, days }: Cover): string {
  return [period, days].filter(Boolean).join(" \u00b7 ");
}

function facts(cover: Cover): HTMLElement {
  const until = cover.expiresAt && instantWords(cover.expiresAt, cover.timeZone ?? undefined);
  const left = cover.leftOut.length ? cover.leftOut.join(" \u00b7 ") : "Nothing of this period";
  const pairs: [string, string | null][] = [
    ["Content", cover.state],
    ["Link valid until", until],
    ["Left out by the patient", cover.state && left],
    ["Time zone", cover.timeZone],
  ];
  return h(
    "dl",
    { class: "facts" },
    ...pairs.flatMap(([term, words]) =>
      words ? [h("div", {}, h("dt", {}, term), h("dd", {}, words))] : [],
    ),
  );
}

function button({ words, act }: Action): HTMLButtonElement {
  const made = h("button", { type: "button" }, words);
  made.addEventListener("click", act);
  return made;
}
