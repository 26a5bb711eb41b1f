/** The resources themselves: notes, signals, and everything as tables. */
import { codedText, originOf, type Resource, timeOf } from "../bundle.ts";
import { type Child, h } from "../dom.ts";
import { type Row, rowsOf } from "../rows.ts";
import { count, instantWords, writtenTimeWords } from "../words.ts";
import { absence, card, type Cell, disclosure, foldedOnScreens, table } from "./parts.ts";

/** More notes than these are folded on screens. */
const FEW_NOTES = 12;

/** What the patient wrote and chose to share; null where there is nothing. */
export function notes(resources: Resource[], life: AbortSignal): HTMLElement | null {
  const written = resources.flatMap((resource) =>
    (resource.note ?? []).flatMap(({ text }) => (text ? [{ resource, text }] : [])),
  );
  if (!written.length) return null;
  const items = written.map(({ resource, text }) =>
    h(
      "li",
      {},
      h(
        "p",
        { class: "when" },
        `${writtenTimeWords(timeOf(resource))} \u00b7 ${codedText(resource.code)}`,
      ),
      noteWords(text),
    ),
  );
  const list = h("ol", { class: "notes" }, ...items);
  return card(
    "Notes of the patient",
    "In the patient's own words, shared by choice.",
    items.length <= FEW_NOTES
      ? list
      : foldedOnScreens(`Show ${count(items.length, "note")}`, list, life),
  );
}

/** What the service says of some words of the patient. */
const LEAD = /^(Intention|Tags): /;

/** A note, each line in the direction of the patient's own words. */
function noteWords(text: string): HTMLElement {
  const lines = text.split("\n").flatMap((line, index): Child[] => {
    const lead = LEAD.exec(line)?.[0];
    const words = lead ? [lead, h("bdi", {}, line.slice(lead.length))] : [line];
    return [index > 0 && "\n", ...words];
  });
  return h("p", { class: "note", dir: "auto" }, ...lines);
}

/** Signals that the patient chose to share, on the clock of `zone`; null where there is none. */
export function signals(resources: Resource[], zone: string): HTMLElement | null {
  const raised = resources.filter(({ code }) =>
    code?.coding?.some((coding) => coding.code === "signal"),
  );
  if (!raised.length) return null;
  return card(
    "Signals",
    "Raised by fixed rules from what was entered and shown to the patient only. " +
      "Nobody was alerted.",
    table(
      "Signals",
      ["Entry", "Signal", "What was seen", "Raised"],
      raised.map((one) => [
        entryWords(originOf(one, resources)),
        codedText(one.valueCodeableConcept),
        factsOf(one),
        one.issued ? instantWords(new Date(one.issued), zone) : writtenTimeWords(timeOf(one)),
      ]),
    ),
  );
}

function entryWords(entry: Resource | undefined): string {
  if (!entry) return "not part of this link";
  const what = codedText(entry.code) || "Questionnaire";
  return `${writtenTimeWords(timeOf(entry))} \u00b7 ${what}`;
}

const FACT = /^Fact: /;

/** The numbers that a rule looked at, each with its name. */
function factsOf(signal: Resource): string {
  const facts = rowsOf(signal).filter(({ part }) => FACT.test(part));
  return facts.map(({ part, value }) => `${part.replace(FACT, "")} ${value}`).join(", ") || "\u2013";
}

/** Every value of the Bundle, folded away. */
export function everything(resources: Resource[]): HTMLElement {
  const section = card(
    "Every entry",
    "All that was shared, value by value. The CSV file holds the same rows.",
    disclosure(`Data table: ${count(resources.length, "record")}`, () =>
      rowTable("Every entry", resources.flatMap(rowsOf)),
    ),
  );
  section.classList.add("every-entry");
  return section;
}

/** A Bundle without trends, as tables by subject. */
export function tablesOnly(resources: Resource[]): HTMLElement[] {
  const lead =
    "This link carries no trend summary that this page can read, " +
    "so its content is shown as tables.";
  if (!resources.length) return [card("Entries", lead, absence("There is no entry in this link."))];
  const subjects = new Map<string, Row[]>();
  for (const row of resources.flatMap(rowsOf)) {
    const rows = subjects.get(row.what) ?? [];
    // The title of the card says what; the rows need not repeat it.
    rows.push({ ...row, what: "" });
    subjects.set(row.what, rows);
  }
  const tables = [...subjects].map(([what, rows]) =>
    card(what, null, rowTable(count(rows.length, "value"), rows)),
  );
  return [h("p", { class: "absence" }, lead), ...tables];
}

/** The rows as a table without the columns that all of them leave empty. */
function rowTable(caption: string, rows: Row[]): HTMLElement {
  const whole: [heading: string, words: (row: Row) => Cell][] = [
    ["Time", ({ time }) => writtenTimeWords(time)],
    ["What", ({ what }) => what],
    ["Part", ({ part }) => part],
    ["Value", valueWords],
    ["Note", ({ note }) => note && noteWords(note)],
  ];
  const columns = whole.filter(([, words]) => rows.some((row) => words(row) !== ""));
  return table(
    caption,
    columns.map(([heading]) => heading),
    rows.map((row) => columns.map(([, words]) => words(row))),
    "entries",
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function valueWords({ value, unit }: Row): string {
  if (INSTANT.test(value)) return writtenTimeWords(value);
  return unit && unit !== "{score}" ? `${value} ${unit}` : value;
}
