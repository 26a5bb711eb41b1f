/** The open journal: every section that its content allows. */
import type { Journal } from "./bundle.ts";
import { csvOf } from "./csv.ts";
import { h } from "./dom.ts";
import { save } from "./downloads.ts";
import type { ShareLink } from "./link.ts";
import { dressPaper } from "./paper.ts";
import { rowsOf } from "./rows.ts";
import { around } from "./sections/around.ts";
import { footing } from "./sections/footing.ts";
import { glance } from "./sections/glance.ts";
import { journey } from "./sections/journey.ts";
import { logging, patterns } from "./sections/logging.ts";
import { type Action, coverOf, masthead } from "./sections/masthead.ts";
import { absence } from "./sections/parts.ts";
import { questionnaires } from "./sections/questionnaires.ts";
import { everything, notes, signals, tablesOnly } from "./sections/raw.ts";
import { dissociation, sessionTable } from "./sections/treatment.ts";
import { fileDay } from "./words.ts";

/** The whole page; everything that listens or watches stops when `life` ends. */
export function journalPage(
  link: Pick<ShareLink, "label" | "expiresAt">,
  journal: Journal,
  life: AbortSignal,
  close: () => void,
): HTMLElement {
  const { trends, resources } = journal;
  const cover = coverOf(link, journal.subjectName, trends);
  dressPaper(cover, life);
  const parts: (() => HTMLElement | HTMLElement[] | null)[] = trends
    ? [
        () => glance(trends),
        () => signals(resources, trends.time_zone),
        () => journey(trends, life),
        () => around(trends, life),
        () => dissociation(trends, life),
        () => sessionTable(trends),
        () => questionnaires(trends, life),
        () => logging(trends, life),
        () => patterns(trends),
        () => notes(resources, life),
        () => everything(resources),
        () => footing(trends),
      ]
    : [() => tablesOnly(resources)];
  return h(
    "div",
    { class: "journal" },
    masthead(cover, actionsOf(journal, life, close)),
    ...parts.flatMap(guarded),
    h("p", { class: "leaving" }, "Nothing of this page is kept: a reload needs the link again."),
  );
}

/** One part that cannot be drawn must not take the others with it. */
function guarded(build: () => HTMLElement | HTMLElement[] | null): HTMLElement[] {
  try {
    const built = build();
    return built === null ? [] : [built].flat();
  } catch {
    return [absence("One part of this journal could not be drawn. The downloads hold all of it.")];
  }
}

function actionsOf(journal: Journal, life: AbortSignal, close: () => void): Action[] {
  const { bytes, report, resources } = journal;
  const stem = `journal-${fileDay(new Date())}`;
  const pdf: Action[] = report
    ? [{ words: "PDF report", act: () => save(`${stem}.pdf`, "application/pdf", report, life) }]
    : [];
  return [
    { words: "Print", act: () => window.print() },
    ...pdf,
    {
      words: "CSV",
      act: () =>
        save(`${stem}.csv`, "text/csv;charset=utf-8", csvOf(resources.flatMap(rowsOf)), life),
    },
    { words: "FHIR JSON", act: () => save(`${stem}.json`, "application/fhir+json", bytes, life) },
    { words: "Close", act: close },
  ];
}
