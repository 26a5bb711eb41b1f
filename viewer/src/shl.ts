/** The reader's side of a SMART Health Link: one answer, or one reason why there is none. */
import type { Clock } from "./idle.ts";
import type { ShareLink } from "./link.ts";
import { type Answer, ask, ConnectionLost } from "./requests.ts";

export type Reason =
  | { kind: "gone" }
  | { kind: "wrong_passcode"; triesLeft: number }
  | { kind: "busy"; retryAfterSeconds: number | null }
  | { kind: "offline" }
  | { kind: "refused" }
  | { kind: "server" }
  | { kind: "unreadable" }
  | { kind: "wrong_key" };

/** The link could not be opened; `reason` says why. */
export class OpeningFailed extends Error {
  constructor(readonly reason: Reason) {
    super(reason.kind);
  }
}

export interface Reader {
  recipient: string;
  passcode?: string;
}

type Address = Pick<ShareLink, "url" | "direct">;

// A file of up to this many characters comes in the first answer, without a second request.
const EMBEDDED_LENGTH_MAX = 4 * 1024 * 1024;
/** So long the service hands out a file at the address that an opening was given. */
export const TICKET_LIFE_MS = 10 * 60_000;

interface Ticket {
  address: string;
  recipient: string;
  until: number;
}

/** Fetch the encrypted file for a reader. Throws OpeningFailed, and may be tried again. */
export type Fetching = (reader: Reader, stop: AbortSignal) => Promise<string>;

/**
 * How the file of a link is fetched, as often as it takes. The address of a file that did not come
 * whole is kept and asked first: to ask the link again would spend another opening.
 */
export function opening(link: Address, clock: Pick<Clock, "now">): Fetching {
  let ticket: Ticket | null = null;

  async function fetchAgain(reader: Reader, stop: AbortSignal): Promise<string | null> {
    if (ticket?.recipient !== reader.recipient || ticket.until <= clock.now()) return null;
    try {
      return await request(ticket.address, { method: "GET" }, stop);
    } catch (problem) {
      if (!(problem instanceof OpeningFailed) || problem.reason.kind !== "gone") throw problem;
      ticket = null;
      return null;
    }
  }

  return async (reader, stop) => {
    if (link.direct) return fetchDirect(link, reader, stop);
    const kept = await fetchAgain(reader, stop);
    if (kept !== null) return kept;
    const { embedded, location } = await fetchManifest(link, reader, stop);
    if (typeof embedded === "string") return embedded;
    const address = fileAddress(link, location);
    ticket = { address, recipient: reader.recipient, until: clock.now() + TICKET_LIFE_MS };
    return request(address, { method: "GET" }, stop);
  };
}

async function fetchDirect(link: Address, reader: Reader, stop: AbortSignal): Promise<string> {
  const address = new URL(link.url);
  address.searchParams.set("recipient", reader.recipient);
  return request(address.href, { method: "GET" }, stop);
}

async function fetchManifest(
  link: Address,
  reader: Reader,
  stop: AbortSignal,
): Promise<ManifestFile> {
  const body = JSON.stringify({ ...reader, embeddedLengthMax: EMBEDDED_LENGTH_MAX });
  const headers = { "content-type": "application/json" };
  const answer = await request(link.url, { method: "POST", headers, body }, stop);
  const files: unknown = jsonOf(answer)["files"];
  const file: unknown = Array.isArray(files) ? files.find(isBundle) : undefined;
  if (!isBundle(file)) throw new OpeningFailed({ kind: "unreadable" });
  return file;
}

function fileAddress(link: Address, location: unknown): string {
  const address = new URL(String(location), link.url);
  if (address.origin !== new URL(link.url).origin) {
    throw new OpeningFailed({ kind: "unreadable" });
  }
  return address.href;
}

interface ManifestFile {
  contentType: string;
  embedded?: unknown;
  location?: unknown;
}

function isBundle(file: unknown): file is ManifestFile {
  if (typeof file !== "object" || file === null) return false;
  const type = (file as Record<string, unknown>)["contentType"];
  return typeof type === "string" && type.startsWith("application/fhir+json");
}

/** The text of a success; whatever else happens is a reason. */
async function request(address: string, init: RequestInit, stop: AbortSignal): Promise<string> {
  try {
    const answer = await ask(address, init, stop);
    if (answer.status === 200) return answer.text;
    throw new OpeningFailed(reasonOf(answer));
  } catch (problem) {
    throw problem instanceof ConnectionLost ? new OpeningFailed({ kind: "offline" }) : problem;
  }
}

function reasonOf(answer: Answer): Reason {
  switch (answer.status) {
    case 401: {
      const left = jsonOf(answer.text)["remainingAttempts"];
      return { kind: "wrong_passcode", triesLeft: typeof left === "number" ? left : 0 };
    }
    case 404:
    case 405:
      return { kind: "gone" };
    case 429:
    case 503: {
      const seconds = Number.parseInt(answer.headers.get("retry-after") ?? "", 10);
      return { kind: "busy", retryAfterSeconds: Number.isNaN(seconds) ? null : seconds };
    }
    case 413:
    case 415:
    case 422:
      return { kind: "refused" };
    default:
      return { kind: "server" };
  }
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null) return read as Record<string, unknown>;
  } catch {
    // Falls through: an answer that is no JSON is as useless as a wrong one.
  }
  throw new OpeningFailed({ kind: "unreadable" });
}
