import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { PATIENCE_MS } from "../src/requests.ts";
import { OpeningFailed, opening, TICKET_LIFE_MS } from "../src/shl.ts";

const URL_OF_LINK = "https://journal.example/shl/token";
const LINK = { url: URL_OF_LINK, direct: false };
const READER = { recipient: "Dr Lee", passcode: "AAAA2222" };
const STOP = new AbortController().signal;
const TYPE = "application/fhir+json";
const fetched = globalThis.fetch;

afterEach(() => {
  globalThis.fetch = fetched;
  mock.timers.reset();
});

/** A clock that is set by hand. */
class HandClock {
  time = 0;

  now(): number {
    return this.time;
  }
}

/** Answer requests in their order, and note each. */
function answering(...answers: (() => Response)[]): string[] {
  const asked: string[] = [];
  globalThis.fetch = (address, init) => {
    asked.push(`${init?.method} ${String(address).replace(URL_OF_LINK, "link")}`);
    const answer = answers.shift();
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("no answer left"));
  };
  return asked;
}

function brokenOff(): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"status":"final'));
      controller.error(new TypeError("network error"));
    },
  });
  return new Response(body);
}

const whole = (text: string) => (): Response => new Response(text);
const located = (ticket: string): (() => Response) =>
  whole(JSON.stringify({ files: [{ contentType: TYPE, location: `/shl/files/${ticket}` }] }));
const gone = (): Response => new Response("{}", { status: 404 });

async function reasonOf(file: Promise<string>): Promise<string> {
  try {
    return await file;
  } catch (problem) {
    assert.ok(problem instanceof OpeningFailed);
    return problem.reason.kind;
  }
}

test("a manifest that breaks off is a lost connection, and another text is unreadable", async () => {
  answering(brokenOff, whole("<html>"), whole("5"), whole('{"files":[]}'));
  const file = opening(LINK, new HandClock());
  assert.equal(await reasonOf(file(READER, STOP)), "offline");
  for (let n = 0; n < 3; n++) assert.equal(await reasonOf(file(READER, STOP)), "unreadable");
});

test("a direct file that breaks off is a lost connection", async () => {
  answering(brokenOff);
  const file = opening({ ...LINK, direct: true }, new HandClock());
  assert.equal(await reasonOf(file({ recipient: "Dr Lee" }, STOP)), "offline");
});

test("a refusal that breaks off is a lost connection too", async () => {
  answering(() => new Response(brokenOff().body, { status: 401 }));
  assert.equal(await reasonOf(opening(LINK, new HandClock())(READER, STOP)), "offline");
});

test("a download that breaks off is tried again where it lies and spends no opening", async () => {
  const busy = (): Response => new Response("", { status: 503 });
  const asked = answering(located("one"), brokenOff, busy, whole("jwe"));
  const file = opening(LINK, new HandClock());
  assert.equal(await reasonOf(file(READER, STOP)), "offline");
  assert.equal(await reasonOf(file(READER, STOP)), "busy");
  assert.equal(await file(READER, STOP), "jwe");
  const ticket = "GET https://journal.example/shl/files/one";
  assert.deepEqual(asked, ["POST link", ticket, ticket, ticket]);
});

test("a slow download may take its time, and one that stands still is a lost connection", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let pull: (() => void) | undefined;
  globalThis.fetch = (_, init) => {
    let parts = 0;
    const body = new ReadableStream({
      start: (controller) => {
        init?.signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
      },
      async pull(controller) {
        await new Promise<void>((go) => (pull = go));
        controller.enqueue(new Uint8Array([0xc3, 0xa9].slice(parts % 2, (parts % 2) + 1)));
        parts += 1;
        if (parts === 4) controller.close();
      },
    });
    return Promise.resolve(new Response(body));
  };
  const step = async (milliseconds: number): Promise<void> => {
    await new Promise(setImmediate);
    mock.timers.tick(milliseconds);
    pull?.();
    await new Promise(setImmediate);
  };
  const file = opening({ ...LINK, direct: true }, new HandClock());
  const slow = file(READER, STOP);
  for (let part = 0; part < 4; part++) await step(PATIENCE_MS - 1);
  assert.equal(await slow, "\u00e9\u00e9");
  const stuck = reasonOf(file(READER, STOP));
  await step(PATIENCE_MS - 1);
  await step(PATIENCE_MS);
  assert.equal(await stuck, "offline");
});

test("a ticket that is over, or that the service knows no more, is not waited for", async () => {
  const clock = new HandClock();
  const asked = answering(
    ...[located("one"), brokenOff],
    ...[gone, located("two"), brokenOff],
    ...[located("three"), whole("jwe")],
  );
  const file = opening(LINK, clock);
  assert.equal(await reasonOf(file(READER, STOP)), "offline");
  assert.equal(await reasonOf(file(READER, STOP)), "offline");
  clock.time += TICKET_LIFE_MS;
  assert.equal(await file(READER, STOP), "jwe");
  assert.deepEqual(
    asked.map((one) => one.replace("https://journal.example/shl/files/", "")),
    ["POST link", "GET one", "GET one", "POST link", "GET two", "POST link", "GET three"],
  );
});

test("a revoked link is gone, its ticket too", async () => {
  answering(located("one"), brokenOff, gone, gone);
  const file = opening(LINK, new HandClock());
  assert.equal(await reasonOf(file(READER, STOP)), "offline");
  assert.equal(await reasonOf(file(READER, STOP)), "gone");
});

test("another name opens anew, because the patient is told who reads", async () => {
  const asked = answering(located("one"), brokenOff, located("two"), whole("jwe"));
  const file = opening(LINK, new HandClock());
  assert.equal(await reasonOf(file(READER, STOP)), "offline");
  await file({ ...READER, recipient: "Dr Kim" }, STOP);
  assert.equal(asked.filter((one) => one === "POST link").length, 2);
});

test("a browser that cannot join signals opens links too, and closing ends a request", async () => {
  const joining = Object.getOwnPropertyDescriptor(AbortSignal, "any");
  Reflect.deleteProperty(AbortSignal, "any");
  try {
    answering(whole("jwe"));
    const file = opening({ ...LINK, direct: true }, new HandClock());
    assert.equal(await file(READER, STOP), "jwe");
    const closing = new AbortController();
    globalThis.fetch = (_, { signal } = {}) =>
      new Promise((__, reject) => signal?.addEventListener("abort", () => reject(new Error())));
    const stopped = reasonOf(file(READER, closing.signal));
    closing.abort();
    assert.equal(await stopped, "offline");
  } finally {
    if (joining) Reflect.defineProperty(AbortSignal, "any", joining);
  }
});
