/** The margins of printed pages: who, which period, how old, which page. */
import { type Cover, NOT_MONITORED, PRINTED } from "./sections/masthead.ts";
import { instantWords, isolated } from "./words.ts";

/**
 * Put the margins of this journal on every printed page until `life` ends. An older browser prints
 * without them: the page itself says who, which period and how old.
 */
export function dressPaper(cover: Cover, life: AbortSignal): void {
  if (!("adoptedStyleSheets" in document)) return;
  const sheet = new CSSStyleSheet();
  const top = [isolated(shortened(cover.name)), cover.period].filter(Boolean).join(", ");
  const zone = cover.timeZone ?? undefined;
  const until = cover.expiresAt && `link valid until ${instantWords(cover.expiresAt, zone)}`;
  const copy = [PRINTED, until].filter(Boolean).join("; ");
  sheet.insertRule(
    `@page {
      @top-left { content: ${cssText(top)}; }
      @top-right { content: ${cssText(copy)}; }
      @bottom-left { content: ${cssText(NOT_MONITORED)}; }
      @bottom-right { content: "Page " counter(page) " of " counter(pages); }
    }`,
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  life.addEventListener("abort", () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
  });
}

/** Letters of a name beside which the margin has room for the rest; the page itself says it whole. */
const MOST_LETTERS = 48;

/** A name as the margin has room for it. */
export function shortened(name: string): string {
  const letters = [...name];
  if (letters.length <= MOST_LETTERS) return name;
  return `${letters.slice(0, MOST_LETTERS - 1).join("")}\u2026`;
}

/** A CSS string in which every character that could end it is written by its number. */
export function cssText(text: string): string {
  const escaped = text.replace(
    /[^A-Za-z0-9 ,.;]/gu,
    (one) => `\\${one.codePointAt(0)?.toString(16)} `,
  );
  return `"${escaped}"`;
}
