import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { rowsOf } from "../src/rows.ts";

interface Rules {
  code: string;
  items?: number;
  loinc?: { items?: string[] };
}

const TABLE = "../app/journal/kinds/instruments.json";
const ANSWERS = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"];

function instruments(): Rules[] {
  const { instruments: read } = JSON.parse(readFileSync(TABLE, "utf8")) as { instruments: Rules[] };
  return read;
}

test("every item of every questionnaire is named by its number", () => {
  const withItems = instruments().filter(({ items }) => items);
  assert.ok(withItems.length >= 4);
  for (const { code, items = 0, loinc } of withItems) {
    const links = Array.from({ length: items }, (_, index) => {
      return loinc?.items?.[index] ?? `${code}-item-${index + 1}`;
    });
    const item = links.map((linkId) => ({ linkId, answer: [{ valueInteger: 1 }] }));
    const rows = rowsOf({ resourceType: "QuestionnaireResponse", item });
    assert.deepEqual(
      rows.map(({ what, part, value }) => [what, part, value]),
      links.map((_, index) => {
        const name = code.toUpperCase();
        return [`${name} answers`, `${name}, item ${index + 1}`, "1"];
      }),
    );
  }
});

test("an answer code is told by its number, and a skipped item is not silent", () => {
  const rows = rowsOf({
    resourceType: "QuestionnaireResponse",
    item: [
      ...ANSWERS.map((code) => ({ linkId: "44260-8", answer: [{ valueCoding: { code } }] })),
      { linkId: "44250-9" },
      { linkId: "69722-7", answer: [{ valueCoding: { code: "LA6572-7" } }] },
    ],
  });
  assert.deepEqual(
    rows.map(({ part, value }) => `${part}: ${value}`),
    [
      "PHQ-9, item 9: 0",
      "PHQ-9, item 9: 1",
      "PHQ-9, item 9: 2",
      "PHQ-9, item 9: 3",
      "PHQ-9, item 1: not answered",
      "PHQ-9, difficulty: LA6572-7",
    ],
  );
});

test("answers of another origin keep their own words", () => {
  const rows = rowsOf({
    resourceType: "QuestionnaireResponse",
    item: [
      { text: "Group", item: [{ linkId: "1", answer: [{ valueCoding: { display: "two" } }] }] },
    ],
  });
  assert.deepEqual(
    rows.map(({ what, part, value }) => [what, part, value]),
    [["QuestionnaireResponse", "1", "two"]],
  );
});
