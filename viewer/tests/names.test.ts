/** Names that come from data reach no prototype, whatever they are called. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readBundle } from "../src/bundle.ts";
import { instrumentOf } from "../src/instruments.ts";
import { rowsOf } from "../src/rows.ts";
import { caveatWords, codeWords } from "../src/words.ts";

const NAMES = Object.getOwnPropertyNames(Object.prototype);
const EVIL = '"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}';

function prototypes(): unknown {
  return [Object, Array, String, Map, Set, Function].map(({ prototype }) => [
    Object.getOwnPropertyNames(prototype),
    Object.getOwnPropertyDescriptors(prototype),
  ]);
}

test("a code that is called as what every object has is a code like any other", () => {
  assert.ok(NAMES.includes("__proto__") && NAMES.includes("constructor"));
  for (const name of NAMES) {
    const words = name.replaceAll("_", " ");
    assert.equal(codeWords(name), words);
    assert.equal(caveatWords(name), `Note: ${words}.`);
    const { bands, most } = instrumentOf(name, 7);
    assert.deepEqual([bands, most], [[], 7]);
  }
});

test("what is read leaves every prototype as it was", () => {
  const before = prototypes();
  const trends =
    `{"format": "afterglow-trends", "version": 1, ${EVIL}, "scope": {"kinds": ["mood"], ${EVIL}}, ` +
    `"summary": {"metrics": [{"metric": "__proto__"}, {"metric": "constructor"}], ${EVIL}}}`;
  const data = Buffer.from(trends).toString("base64");
  const contentType = "application/vnd.afterglow.trends+json";
  const coded = `{"coding": [{"code": "__proto__", "display": "constructor", ${EVIL}}], ${EVIL}}`;
  const text =
    `{"resourceType": "Bundle", ${EVIL}, "entry": [{${EVIL}, "resource": ` +
    `{"resourceType": "DocumentReference", ${EVIL}, "content": [{${EVIL}, ` +
    `"attachment": {"contentType": "${contentType}", "data": "${data}", ${EVIL}}}]}}, ` +
    `{"resource": {"resourceType": "Observation", "code": ${coded}, "valueInteger": 1, ${EVIL}}}]}`;
  const journal = readBundle(new Uint8Array(new TextEncoder().encode(text)));
  assert.equal(journal.trends?.summary?.metrics.length, 0);
  assert.equal(journal.resources.flatMap(rowsOf).length, 1);
  assert.deepEqual(prototypes(), before);
  assert.ok(!("polluted" in {}));
});

test("no table of names is a plain object, and nothing is written under a name from data", () => {
  const names = readdirSync("src", { recursive: true, encoding: "utf8" });
  for (const name of names.filter((each) => each.endsWith(".ts"))) {
    const text = readFileSync(join("src", name), "utf8");
    assert.doesNotMatch(text, /const \w+: (Partial<)?Record<\w+, [^=]*> = \{/, name);
    assert.doesNotMatch(text, /Object\.(assign|setPrototypeOf|defineProper)|__proto__/, name);
  }
});
