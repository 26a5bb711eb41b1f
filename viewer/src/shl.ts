/** The reader's side of a SMART Health Link: one answer, or one reason why there is none. */
import type { ShareLink } from "./link.ts";

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
const PATIENCE_MS = 45_000;

/** The encrypted file of a link. Throws OpeningFailed. */
export async function fetchFile(link: Address, reader: Reader, stop: AbortSignal): Promise<string> {
  return link.direct ? fetchDirect(link, reader, stop) : fetchManifest(link, reader, stop);
}

async function fetchDirect(link: Address, reader: Reader, stop: AbortSignal): Promise<string> {
  const address = new URL(link.url);
  address.searchParams.set("recipient", reader.recipient);
  return (await request(address.href, { method: "GET" }, stop)).text();
}

async function fetchManifest(link: Address, reader: Reader, stop: AbortSignal): Promise<string> {
  const body = JSON.stringify({ ...reader, embeddedLengthMax: EMBEDDED_LENGTH_MAX });
  const headers = { "content-type": "application/json" };
  const answer = await request(link.url, { method: "POST", headers, body }, stop);
  const manifest = await jsonOf(answer);
  const files: unknown = manifest["files"];
  const file: unknown = Array.isArray(files) ? files.find(isBundle) : undefined;
  if (!isBundle(file)) throw new OpeningFailed({ kind: "unreadable" });
  if (typeof file.embedded === "string") return file.embedded;
  const location = new URL(String(file.location), link.url);
  if (location.origin !== new URL(link.url).origin) {
    throw new OpeningFailed({ kind: "unreadable" });
  }
  return (await request(location.href, { method: "GET" }, stop)).text();
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

async function request(url: string, init: RequestInit, stop: AbortSignal): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      ...init,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]),
    });
  } catch {
    throw new OpeningFailed({ kind: "offline" });
  }
  if (answer.ok) return answer;
  throw new OpeningFailed(await reasonOf(answer));
}

async function reasonOf(answer: Response): Promise<Reason> {
  switch (answer.status) {
    case 401: {
      const left = (await jsonOf(answer))["remainingAttempts"];
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

async function jsonOf(answer: Response): Promise<Record<string, unknown>> {
  try {
    const read: unknown = await answer.json();
    if (typeof read === "object" && read !== null) return read as Record<string, unknown>;
  } catch {
    // Falls through: an answer that is no JSON is as useless as a wrong one.
  }
  throw new OpeningFailed({ kind: "unreadable" });
}
