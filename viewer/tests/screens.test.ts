/** What those hear who have the page read out, any script, and browsers of some years ago. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { GONE } from "../src/failures.ts";
import { journalPage } from "../src/journal.ts";
import { gate, stillThere } from "../src/screens.ts";
import { journey } from "../src/sections/journey.ts";
import { type Cover, masthead } from "../src/sections/masthead.ts";
import { notes } from "../src/sections/raw.ts";
import type { Trends } from "../src/trends.ts";
import { built } from "./document.ts";

const LIFE = new AbortController().signal;
const LINK = {
  url: "https://journal.example/shl/token",
  key: new Uint8Array(32),
  label: "\u05d9\u05d5\u05de\u05df (2026)",
  expiresAt: null,
  needsPasscode: true,
  direct: false,
  live: false,
};

test("that a link is being opened is told to those who do not see the button", () => {
  const form = gate(LINK, () => undefined);
  const [status] = built(form.element).having("role", "status");
  assert.equal(status?.textContent, "");
  form.busy();
  assert.equal(status?.textContent, "Opening the journal.");
  form.complain(GONE);
  assert.equal(status?.textContent, "");
});

test("the warning is read out with its reason", () => {
  const dialog = built(stillThere(() => undefined, () => undefined));
  const [words] = dialog.having("id", dialog.attributes.get("aria-describedby") ?? "");
  assert.match(words?.textContent ?? "", /^This journal closes in one minute/);
});

test("the slider has a day before it is moved", () => {
  const window = { from: "2026-03-01", to: "2026-03-02", time_zone: "UTC" };
  const rows = [
    { date: "2026-03-01", n: 0, rolling_n: 0 },
    { date: "2026-03-02", n: 1, value: 4.5, rolling_n: 1 },
  ];
  const trends = { daily: [{ metric: "mood", better: "higher", window, days: rows }] };
  const section = built(journey(trends as unknown as Trends, LIFE));
  const slider = section.first("input");
  assert.equal(slider?.attributes.get("aria-valuetext"), "Monday 2 March 2026: mood 4.5");
});

test("names stand apart from the words around them, and notes begin at their own side", () => {
  const cover: Cover = {
    name: "\u0631\u0648\u0628\u064a\u0646 (M.)",
    label: LINK.label,
    period: null,
    days: null,
    cut: null,
    state: null,
    expiresAt: null,
    leftOut: [],
    timeZone: null,
  };
  const top = built(masthead(cover, []));
  assert.equal(top.first("h1")?.first("bdi")?.textContent, cover.name);
  assert.equal(top.having("class", "kicker")[0]?.first("bdi")?.textContent, cover.label);
  const form = built(gate(LINK, () => undefined).element);
  assert.equal(form.first("h1")?.first("bdi")?.textContent, LINK.label);
  const text = "\u05dc\u05d9\u05dc\u05d4 (3)!";
  const written = built(notes([{ resourceType: "Observation", note: [{ text }] }], LIFE));
  assert.equal(written.having("class", "note")[0]?.attributes.get("dir"), "auto");
});

test("a browser that cannot dress paper shows the journal all the same", () => {
  const journal = {
    bytes: new Uint8Array(),
    subjectName: "Robin",
    trends: null,
    report: null,
    resources: [{ resourceType: "Observation", code: { text: "Mood" }, valueInteger: 5 }],
  };
  const page = built(journalPage(LINK, journal, LIFE, () => undefined));
  assert.equal(page.first("h1")?.textContent, "Robin");
  assert.match(page.textContent, /no trend summary that this page can read/);
});
