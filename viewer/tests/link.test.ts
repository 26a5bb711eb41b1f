import assert from "node:assert/strict";
import { test } from "node:test";
import { readLink } from "../src/link.ts";

const ORIGIN = "https://journal.example";
const KEY = Buffer.alloc(32, 7).toString("base64url");
const FIELDS = {
  url: `${ORIGIN}/shl/${"t".repeat(43)}`,
  flag: "LP",
  key: KEY,
  exp: 1_800_000_000,
  label: "Journal of spring",
  v: 1,
};

function fragment(fields: object): string {
  return `#shlink:/${Buffer.from(JSON.stringify(fields)).toString("base64url")}`;
}

function outcomeOf(fields: object): string {
  return readLink(fragment(fields), ORIGIN).outcome;
}

test("a whole link is read", () => {
  const reading = readLink(fragment(FIELDS), ORIGIN);
  assert.ok(reading.outcome === "read");
  assert.equal(reading.link.url, FIELDS.url);
  assert.equal(reading.link.label, FIELDS.label);
  assert.equal(reading.link.expiresAt?.getTime(), 1_800_000_000_000);
  assert.deepEqual([...reading.link.key], Array(32).fill(7));
  assert.deepEqual(
    [reading.link.needsPasscode, reading.link.live, reading.link.direct],
    [true, true, false],
  );
});

test("a direct link needs no passcode", () => {
  const reading = readLink(fragment({ ...FIELDS, flag: "U" }), ORIGIN);
  assert.ok(reading.outcome === "read");
  assert.deepEqual([reading.link.needsPasscode, reading.link.direct], [false, true]);
});

test("a link with percent signs of a mail program is read", () => {
  const sent = fragment(FIELDS).replace(":/", "%3A%2F");
  assert.equal(readLink(sent, ORIGIN).outcome, "read");
});

test("label and expiry may be absent", () => {
  const { url, key, flag } = FIELDS;
  const reading = readLink(fragment({ url, key, flag }), ORIGIN);
  assert.ok(reading.outcome === "read");
  assert.equal(reading.link.expiresAt, null);
});

test("an expiry beyond the calendar is no expiry", () => {
  for (const exp of [8.64e12 + 1, -8.64e12 - 1, 1e300]) {
    assert.equal(outcomeOf({ ...FIELDS, exp }), "damaged");
  }
});

test("a long label is cut", () => {
  const reading = readLink(fragment({ ...FIELDS, label: "\u{1F305}".repeat(200) }), ORIGIN);
  assert.ok(reading.outcome === "read");
  assert.equal([...reading.link.label].length, 80);
});

test("no fragment is no link", () => {
  assert.equal(readLink("", ORIGIN).outcome, "absent");
  assert.equal(readLink("#", ORIGIN).outcome, "absent");
});

test("a link to another origin is refused", () => {
  const elsewhere = [
    "https://evil.example/shl/abc",
    "http://journal.example/shl/abc",
    "https://journal.example:444/shl/abc",
    "https://journal.example.evil.example/shl/abc",
    "https://journal.example@evil.example/shl/abc",
  ];
  for (const url of elsewhere) assert.equal(outcomeOf({ ...FIELDS, url }), "foreign", url);
});

test("everything else is damaged", () => {
  const whole = fragment(FIELDS);
  const broken = ["#shlink:/", "#other", whole.slice(0, -9), `${whole}=`, "#shlink:/%ff"];
  for (const one of broken) assert.equal(readLink(one, ORIGIN).outcome, "damaged", one);
  const faults = [
    { key: KEY.slice(0, 40) },
    { key: `${KEY.slice(0, 42)}+` },
    { url: `${ORIGIN}/v1/entries` },
    { url: `${ORIGIN}/shl/${"t".repeat(128)}` },
    { url: "shl/abc" },
    { url: 5 },
    { exp: "soon" },
    { flag: ["P"] },
    { label: null },
    { v: 2 },
  ];
  for (const fault of faults) {
    assert.equal(outcomeOf({ ...FIELDS, ...fault }), "damaged", JSON.stringify(fault));
  }
});
