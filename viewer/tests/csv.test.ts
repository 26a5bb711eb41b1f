import assert from "node:assert/strict";
import { test } from "node:test";
import { cell, csvOf } from "../src/csv.ts";

test("no cell starts a formula", () => {
  const formulas = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u200b=1",
    "\uff1dcmd",
    "\uff0b1",
    "-",
    "- tired",
  ];
  for (const text of formulas) assert.match(cell(text), /^"'/, JSON.stringify(text));
});

test("numbers and words stay as they are", () => {
  for (const text of ["-3", "-3.5", "4", "", "calm = good", "a-b"]) {
    assert.equal(cell(text), `"${text}"`);
  }
});

test("quotes and line breaks stay inside their cell", () => {
  assert.equal(cell('she said "no"\nand left'), '"she said ""no""\nand left"');
});

test("the file has a mark, a heading and one line a row", () => {
  const row = {
    time: "2026-05-05",
    resource: "Observation",
    what: "Mood",
    part: "",
    value: "5",
    unit: "{score}",
    note: "=2+2",
  };
  assert.equal(
    csvOf([row]),
    '\ufeff"time","resource","what","part","value","unit","note"\r\n' +
      '"2026-05-05","Observation","Mood","","5","{score}","\'=2+2"\r\n',
  );
});
