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
  const top = [isolated(cover.name), cover.period].filter(Boolean).join(", ");
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

/** A CSS string in which every character that could end it is written by its number. */
export function cssText(text: string): string {
  const escaped = text.replace(
    /[^A-Za-z0-9 ,.;]/gu,
    (one) => `\\${one.codePointAt(0)?.toString(16)} `,
  );
  return `"${escaped}"`;
}
