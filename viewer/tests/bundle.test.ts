import assert from "node:assert/strict";
import { test } from "node:test";
import { readBundle } from "../src/bundle.ts";
import { rowsOf } from "../src/rows.ts";

function bytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(JSON.stringify(value)));
}

function bundle(...resources: object[]): Uint8Array<ArrayBuffer> {
  const entry = resources.map((resource) => ({ resource }));
  return bytes({ resourceType: "Bundle", type: "collection", entry });
}

function document(contentType: string, text: string): object {
  const data = Buffer.from(text).toString("base64");
  return { resourceType: "DocumentReference", content: [{ attachment: { contentType, data } }] };
}

const TRENDS = "application/vnd.afterglow.trends+json";

test("person, documents and resources are found", () => {
  const journal = readBundle(
    bundle(
      { resourceType: "Patient", name: [{ text: "Robin" }] },
      document(TRENDS, '{"format":"afterglow-trends","version":1}'),
      document("application/pdf", "%PDF"),
      { resourceType: "Observation" },
    ),
  );
  assert.equal(journal.subjectName, "Robin");
  assert.equal(journal.trends?.version, 1);
  assert.equal(new TextDecoder().decode(journal.report ?? undefined), "%PDF");
  assert.deepEqual(journal.resources, [{ resourceType: "Observation" }]);
});

test("a bundle without trends, report or name is a journal too", () => {
  const journal = readBundle(bundle({ resourceType: "Patient" }));
  assert.deepEqual([journal.subjectName, journal.trends, journal.report], [null, null, null]);
});

test("trends of a later version are not drawn", () => {
  const later = document(TRENDS, '{"format":"afterglow-trends","version":2}');
  assert.equal(readBundle(bundle(later)).trends, null);
  assert.equal(readBundle(bundle(document(TRENDS, "no json"))).trends, null);
});

test("what is no bundle is refused", () => {
  for (const value of [null, 5, [], { resourceType: "Patient" }]) {
    assert.throws(() => readBundle(bytes(value)), TypeError);
  }
});

test("every value of a resource becomes a row and the note stands once", () => {
  const rows = rowsOf({
    resourceType: "Observation",
    code: { text: "Anxiety" },
    effectiveDateTime: "2026-05-05T20:00:00-04:00",
    valueQuantity: { value: 6, unit: "{score}" },
    component: [
      { code: { text: "panic" }, valueBoolean: false },
      { code: { text: "episodes" }, valueInteger: 0 },
      { code: { text: "avoided" }, valueCodeableConcept: { text: "people" } },
    ],
    note: [{ text: "one" }, { text: "two" }],
  });
  assert.deepEqual(
    rows.map(({ part, value, note }) => [part, value, note]),
    [
      ["", "6", "one\ntwo"],
      ["panic", "no", ""],
      ["episodes", "0", ""],
      ["avoided", "people", ""],
    ],
  );
});

test("doses, answers and bare procedures become rows", () => {
  const dose = rowsOf({
    resourceType: "MedicationStatement",
    status: "completed",
    medicationCodeableConcept: { text: "Ketamine" },
    dosage: [
      { route: { text: "oral" }, doseAndRate: [{ doseQuantity: { value: 41, unit: "mg" } }] },
    ],
  });
  assert.deepEqual(
    dose.map(({ what, part, value, unit }) => [what, part, value, unit]),
    [
      ["Ketamine", "status", "completed", ""],
      ["Ketamine", "dose", "41", "mg"],
      ["Ketamine", "route", "oral", ""],
    ],
  );
  const answers = rowsOf({
    resourceType: "QuestionnaireResponse",
    item: [{ linkId: "1", answer: [{ valueCoding: { display: "two" } }] }],
  });
  assert.deepEqual(
    answers.map(({ part, value }) => [part, value]),
    [["1", "two"]],
  );
  const [procedure] = rowsOf({ resourceType: "Procedure", status: "completed" });
  assert.deepEqual([procedure?.what, procedure?.value], ["Procedure", "completed"]);
});

const MEDICATION = {
  resourceType: "MedicationStatement",
  dosage: [
    { route: { text: "oral" }, doseAndRate: [{ doseQuantity: { value: 41, unit: "mg" } }] },
  ],
};

test("a dose that was not taken is never told as one that was", () => {
  const told = ["completed", "active", "intended", "not-taken", "on-hold"].map((status) =>
    rowsOf({ ...MEDICATION, status }).map(({ part, value }) => `${part}: ${value}`),
  );
  assert.deepEqual(told, [
    ["status: completed", "dose: 41", "route: oral"],
    ["status: in progress", "dose: 41", "route: oral"],
    ["status: planned", "dose (planned): 41", "route (planned): oral"],
    ["status: not taken", "dose (not taken): 41", "route (not taken): oral"],
    ["status: on hold", "dose (on hold): 41", "route (on hold): oral"],
  ]);
});

test("a session says whether it took place, and why not", () => {
  const reason = { text: "Status of the session: missed" };
  const noted = { resourceType: "Procedure", status: "not-done", note: [{ text: "ill" }] };
  const told = [
    { ...noted, statusReason: reason },
    { resourceType: "Procedure", status: "preparation", valueInteger: 1 },
    { ...MEDICATION, status: "not-taken", statusReason: [reason] },
  ].map((one) => rowsOf(one).map(({ part, value, note }) => [part, value, note]));
  assert.deepEqual(told[0], [
    ["status", "not done", "ill"],
    ["reason", "Status of the session: missed", ""],
  ]);
  assert.deepEqual(told[1]?.[0], ["status", "planned", ""]);
  assert.deepEqual(told[2]?.[1], ["reason", "Status of the session: missed", ""]);
});
