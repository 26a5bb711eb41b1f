/** The furniture of every section: cards, summaries, tables, disclosures. */
import { type Child, freshId, h } from "../dom.ts";

/** A titled card; `lead` says in one sentence what is shown and how to read it. */
export function card(title: string, lead: string | null, ...children: Child[]): HTMLElement {
  const id = freshId("title");
  return h(
    "section",
    { class: "card", "aria-labelledby": id },
    h("h2", { id }, title),
    lead && h("p", { class: "lead" }, lead),
    ...children,
  );
}

interface Summary {
  about: string;
  /** What the journal itself says, quoted, because it speaks to the patient. */
  plain?: string | undefined;
  /** What this page says. */
  told?: string;
}

/** A chart or a table in sentences. */
export function summaries(sentences: Summary[]): HTMLElement {
  const items = sentences.flatMap(({ about, plain, told }) => {
    const words = told ?? (plain && `\u201c${plain}\u201d`);
    return words ? [h("li", {}, h("span", { class: "about" }, about), ` ${words}`)] : [];
  });
  return h("ul", { class: "summaries" }, ...items);
}

export type Cell = string | Node;

/**
 * A table that scrolls by itself when it is wide; the first cell of a row heads it. A cell may hold
 * words of the patient, so each has the direction of its own content.
 */
export function table(caption: string, columns: string[], rows: Cell[][], kind = ""): HTMLElement {
  const head = h("tr", {}, ...columns.map((column) => h("th", { scope: "col" }, column)));
  const body = rows.map(([first = "", ...rest]) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, first),
      ...rest.map((cell) => h("td", { dir: "auto" }, cell)),
    ),
  );
  return h(
    "div",
    { class: `scroll ${kind}`.trim(), tabindex: 0, role: "group", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, head), h("tbody", {}, ...body)),
  );
}

/** Something folded away, built when it is first unfolded. */
export function disclosure(summary: string, build: () => Node): HTMLElement {
  const details = h("details", { class: "fold" }, h("summary", {}, summary));
  details.addEventListener("toggle", () => details.append(build()), { once: true });
  return details;
}

/** Folded on screens and whole on paper: what it holds stands nowhere else on the page. */
export function foldedOnScreens(summary: string, content: Node, life: AbortSignal): HTMLElement {
  const details = h("details", { class: "fold" }, h("summary", {}, summary), content);
  let wasOpen = false;
  const unfold = (): void => {
    wasOpen = details.open;
    details.open = true;
  };
  window.addEventListener("beforeprint", unfold, { signal: life });
  window.addEventListener("afterprint", () => (details.open = wasOpen), { signal: life });
  return details;
}

/** Signs of a chart with their meaning; what is not drawn is left out. */
export function legend(...entries: ([sign: Node, meaning: string] | false)[]): HTMLElement {
  const items = entries.flatMap((entry) => (entry ? [h("li", {}, ...entry)] : []));
  return h("ul", { class: "legend" }, ...items);
}

/** A sentence in place of something that cannot be shown. */
export function absence(words: string): HTMLElement {
  return h("p", { class: "absence" }, words);
}
