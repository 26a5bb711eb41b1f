/** What the page must never use stands nowhere in its source. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const FORBIDDEN = [
  "innerHTML",
  "outerHTML",
  "insertAdjacentHTML",
  "document.write",
  "DOMParser",
  "eval(",
  "new Function",
  ".style.",
  "localStorage",
  "sessionStorage",
  "indexedDB",
  "document.cookie",
  "serviceWorker",
  "sendBeacon",
  "XMLHttpRequest",
  "WebSocket",
  "console.",
  "http://",
  "https://",
];
// The name of a language, not an address.
const ALLOWED = "http://www.w3.org/2000/svg";

test("no forbidden word stands in the source", () => {
  const names = readdirSync("src", { recursive: true, encoding: "utf8" });
  const sources = names.filter((name) => name.endsWith(".ts"));
  assert.ok(sources.length > 30);
  for (const name of sources) {
    const text = readFileSync(join("src", name), "utf8").replaceAll(ALLOWED, "");
    for (const word of FORBIDDEN) assert.ok(!text.includes(word), `${word} in ${name}`);
  }
});
