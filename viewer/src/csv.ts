/** The rows as a CSV file that no spreadsheet takes for formulas. */
import type { Row } from "./rows.ts";

const COLUMNS = ["time", "resource", "what", "part", "value", "unit", "note"] as const;

// Characters that begin a formula, also in their full-width forms, and those that are skipped
// before one is looked for. A plain negative number is none.
const FORMULA = /^[\s\u0000-\u001f\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** One quoted cell; an apostrophe keeps text that looks like a formula from being one. */
export function cell(text: string): string {
  const harmless = NUMBER.test(text) || !FORMULA.test(text) ? text : `'${text}`;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** The file: a byte order mark for spreadsheets, a heading, lines that end in CR LF. */
export function csvOf(rows: Row[]): string {
  const lines = [
    COLUMNS.map(cell).join(","),
    ...rows.map((row) => COLUMNS.map((column) => cell(row[column])).join(",")),
  ];
  return `\ufeff${lines.join("\r\n")}\r\n`;
}
