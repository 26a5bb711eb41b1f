import assert from "node:assert/strict";
import { test } from "node:test";
import { GAP_DAYS, gapsOf } from "../src/charts/journey.ts";
import { failureOf } from "../src/failures.ts";
import { cssText, shortened } from "../src/paper.ts";
import { leftOut } from "../src/sections/masthead.ts";
import {
  caveatWords,
  datesIn,
  fileDay,
  instantWords,
  isolated,
  methodWords,
  number,
  periodWords,
  shareWords,
  signed,
  writtenTimeWords,
} from "../src/words.ts";

test("numbers are short and have a true minus sign", () => {
  assert.equal(number(4.75), "4.8");
  assert.equal(number(4.75, 2), "4.75");
  assert.equal(number(-0.04), "0");
  assert.equal(signed(-3), "\u22123");
  assert.equal(signed(3), "+3");
  assert.equal(signed(0), "0");
});

test("some days are neither none nor all of them, as in the report", () => {
  const pairs: [number, number][] = [[0, 731], [3, 731], [365, 731], [730, 731], [731, 731]];
  const told = pairs.map(([days, all]) => shareWords(days, all));
  assert.deepEqual(told, ["0 %", "1 %", "50 %", "99 %", "100 %"]);
});

test("half-way is rounded as in the service's sentences and its report", () => {
  const pairs: [number, number][] = [[0.25, 1], [1.25, 1], [0.35, 1], [12.5, 0], [5.125, 2]];
  const told = pairs.map(([value, digits]) => number(value, digits));
  // What Python's format gives for the same numbers.
  assert.deepEqual(told, ["0.2", "1.2", "0.3", "12", "5.12"]);
  assert.equal(number(0.5, 0), "0");
  assert.equal(number(1.5, 0), "2");
  assert.equal(number(-1.25), "\u22121.2");
});

test("periods and times are those that were written", () => {
  assert.equal(periodWords("2026-02-01", "2026-05-31"), "1 Feb \u2013 31 May 2026");
  assert.equal(periodWords("2025-12-01", "2026-01-31"), "1 Dec 2025 \u2013 31 Jan 2026");
  assert.equal(writtenTimeWords("2026-03-07T23:30:00-05:00"), "7 Mar 2026, 23:30");
  assert.equal(writtenTimeWords("2026-03-07T23:30:00Z"), "7 Mar 2026, 23:30 UTC");
  assert.equal(writtenTimeWords("2026-03-07"), "7 Mar 2026");
  assert.equal(writtenTimeWords(""), "");
});

test("an instant names the clock that it is read from", () => {
  const instant = new Date("2026-12-06T10:28:07Z");
  assert.equal(instantWords(instant, "America/New_York"), "6 Dec 2026, 05:28 GMT-5");
  assert.equal(instantWords(instant, "UTC"), "6 Dec 2026, 10:28 UTC");
  assert.equal(instantWords(instant, "No/Where"), "2026-12-06 10:28 UTC");
});

test("both ends of a period are counted, over a change of clocks and a leap day too", () => {
  assert.equal(datesIn({ from: "2026-03-05", to: "2026-03-05" }), 1);
  assert.equal(datesIn({ from: "2026-03-07", to: "2026-03-09" }), 3);
  assert.equal(datesIn({ from: "2028-02-28", to: "2028-03-01" }), 3);
});

test("a file bears the date of the reader's own calendar", () => {
  const zone = process.env["TZ"];
  const instant = new Date("2026-11-29T20:00:00Z");
  try {
    process.env["TZ"] = "Pacific/Auckland";
    assert.equal(fileDay(instant), "2026-11-30");
    process.env["TZ"] = "America/New_York";
    assert.equal(fileDay(instant), "2026-11-29");
  } finally {
    process.env["TZ"] = zone ?? "UTC";
  }
});

test("an entry of afterwards is not said to be from memory: it may be a copied record", () => {
  assert.equal(caveatWords("recalled_entries"), "Some courses were written down afterwards.");
});

test("of days that resemble each other the interval is not said to be adjusted", () => {
  assert.equal(
    caveatWords("autocorrelated"),
    "Neighbouring days resemble each other: the words allow for it, the interval does not and is too narrow.",
  );
});

test("methods have the names of the report", () => {
  assert.equal(methodWords("theil_sen"), "Theil\u2013Sen slope with 95 % interval");
  assert.equal(methodWords("session_table"), "session table");
});

test("the tries that are left are counted in plain words", () => {
  const words = (triesLeft: number) => failureOf({ kind: "wrong_passcode", triesLeft }).words;
  assert.equal(
    words(9),
    "That passcode is not right. 9 tries are left, then the link closes for good.",
  );
  assert.match(words(1), /1 try is left/);
  assert.match(words(0), /closed for good/);
  assert.equal(failureOf({ kind: "wrong_passcode", triesLeft: 0 }).again, false);
});

test("waiting is told in seconds and minutes", () => {
  const words = (retryAfterSeconds: number | null) =>
    failureOf({ kind: "busy", retryAfterSeconds }).words;
  assert.match(words(0), /in 1 second\./);
  assert.match(words(30), /in 30 seconds/);
  assert.match(words(300), /in 5 minutes/);
  assert.match(words(null), /in a minute/);
});

test("what is left out is named", () => {
  assert.deepEqual(leftOut({ kinds: ["mood", "anxiety", "session"], include_notes: true }), [
    "Flashbacks",
    "Dissociation",
    "Questionnaires",
    "Single answers of questionnaires",
    "Signals",
  ]);
});

test("a name cannot end the text of a page margin", () => {
  assert.equal(cssText("Robin 2"), '"Robin 2"');
  assert.equal(cssText('"}@x\\'), '"\\22 \\7d \\40 x\\5c "');
});

test("a name amid other words turns none of them, and keeps the joiners of its letters", () => {
  assert.equal(isolated("Robin\u202e"), "Robin");
  assert.equal(isolated("\u2069\u2067Robin"), "Robin");
  const name = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627";
  assert.equal(isolated(name), `\u2068${name}\u2069`);
});

test("only runs of unlogged days are gaps", () => {
  const days = [1, 0, 0, 1, 0, 0, 0].map((n, index) => ({
    date: `2026-05-0${index + 1}`,
    n,
    rolling_n: 0,
  }));
  assert.equal(GAP_DAYS, 3);
  assert.deepEqual(gapsOf(days), [{ from: "2026-05-05", to: "2026-05-07" }]);
});

test("the margin has room for a long name's beginning", () => {
  assert.equal(shortened("W".repeat(48)), "W".repeat(48));
  assert.equal(shortened("W".repeat(80)), `${"W".repeat(47)}\u2026`);
  assert.equal([...shortened("\u{1f469}".repeat(49))].length, 48);
});
