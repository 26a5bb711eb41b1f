/** What those hear who have the page read out, any script, and browsers of some years ago. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { GONE } from "../src/failures.ts";
import { journalPage } from "../src/journal.ts";
import { gate, stillThere, typedName } from "../src/screens.ts";
import { journey } from "../src/sections/journey.ts";
import { type Cover, masthead } from "../src/sections/masthead.ts";
import { notes, signals, tablesOnly } from "../src/sections/raw.ts";
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

test("a reader's name keeps its joiners and loses what nobody sees", () => {
  const ali = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627";
  const family = "\u{1f469}\u200d\u{1f467}";
  for (const name of [ali, family, "Dr Lee"]) assert.equal(typedName(` ${name} `), name);
  assert.equal(typedName("\u202eDr\u2066 Lee\u2069\u200b\u0007"), "Dr Lee");
  for (const nothing of ["\u200d", " \u200c ", "\u202e"]) assert.equal(typedName(nothing), "");
});

test("in tables too the patient's words have their own direction, a line each", () => {
  const tags = "\u05e2\u05e6\u05d1, \u05e9\u05d9\u05e0\u05d4";
  const words = `\u05dc\u05d9\u05dc\u05d4 (3)!\nTags: ${tags}`;
  const note = words.split("\n").map((text) => ({ text }));
  const mood = { resourceType: "Observation", code: { text: "Mood" }, valueInteger: 5, note };
  const [, card] = tablesOnly([{ ...mood, effectiveDateTime: "2026-03-07" }]);
  const told = built(card).having("dir", "auto").map((it) => [it.tag, it.textContent]);
  assert.deepEqual(told, [["td", "5"], ["td", words], ["p", words]]);
  assert.equal(built(card).first("bdi")?.textContent, tags);
});

test("an instant among the values is told as every other time", () => {
  const resolved = { code: { text: "Resolved" }, valueDateTime: "2026-03-07T23:30:00-05:00" };
  const times = { effectiveDateTime: "2026-03-07", component: [resolved] };
  const [, card] = tablesOnly([{ resourceType: "Observation", ...times }]);
  const told = built(card).having("dir", "auto").map(({ textContent }) => textContent);
  assert.deepEqual(told, ["Resolved", "7 Mar 2026, 23:30"]);
});

test("when a signal was raised is told on the clock of the journal", () => {
  const code = { coding: [{ code: "signal" }] };
  const issued = "2026-03-08T04:31:00Z";
  const shown = built(signals([{ resourceType: "Observation", code, issued }], "America/New_York"));
  const [cell] = shown.having("dir", "auto").slice(-1);
  assert.equal(cell?.textContent, "7 Mar 2026, 23:31 GMT-5");
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
