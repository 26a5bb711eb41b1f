/** The fragment of the page: a SMART Health Link, read once. */
import { type Bytes, bytesFromBase64url, textFromBytes } from "./base64.ts";

/** What a link says in clear, and its key. */
export interface ShareLink {
  url: string;
  key: Bytes;
  label: string;
  expiresAt: Date | null;
  needsPasscode: boolean;
  direct: boolean;
  live: boolean;
}

export type LinkReading =
  | { outcome: "absent" }
  | { outcome: "damaged" }
  | { outcome: "foreign" }
  | { outcome: "read"; link: ShareLink };

const SCHEME = /^#shlink:\/?\/?([A-Za-z0-9_-]+)$/;
const LONGEST_URL = 128;
const LONGEST_LABEL = 80;
/** Seconds to either side of 1970 that a Date can hold. */
const LATEST_EXPIRY = 8.64e12;

/**
 * Read `#shlink:/…`. `origin` is the only origin whose links are opened: another one could
 * show a page of its own making under this address.
 */
export function readLink(fragment: string, origin: string): LinkReading {
  if (fragment === "" || fragment === "#") return { outcome: "absent" };
  try {
    const payload = SCHEME.exec(decodeURIComponent(fragment))?.[1];
    if (payload === undefined) return { outcome: "damaged" };
    return fromPayload(JSON.parse(textFromBytes(bytesFromBase64url(payload))), origin);
  } catch {
    return { outcome: "damaged" };
  }
}

function fromPayload(payload: unknown, origin: string): LinkReading {
  if (typeof payload !== "object" || payload === null) return { outcome: "damaged" };
  const { url, key, flag = "", exp, label = "", v = 1 } = payload as Record<string, unknown>;
  const wellFormed =
    typeof url === "string" &&
    url.length <= LONGEST_URL &&
    typeof key === "string" &&
    typeof flag === "string" &&
    /^[A-Z]{0,3}$/.test(flag) &&
    typeof label === "string" &&
    (exp === undefined || (typeof exp === "number" && Math.abs(exp) <= LATEST_EXPIRY)) &&
    v === 1;
  if (!wellFormed) return { outcome: "damaged" };
  const bytes = bytesFromBase64url(key);
  if (bytes.length !== 32) return { outcome: "damaged" };
  const address = new URL(url);
  if (address.origin !== origin) return { outcome: "foreign" };
  if (!/^\/shl\/[A-Za-z0-9_-]+$/.test(address.pathname)) return { outcome: "damaged" };
  return {
    outcome: "read",
    link: {
      url: address.origin + address.pathname,
      key: bytes,
      label: [...label].slice(0, LONGEST_LABEL).join(""),
      expiresAt: exp === undefined ? null : new Date((exp as number) * 1000),
      needsPasscode: flag.includes("P"),
      direct: flag.includes("U"),
      live: flag.includes("L"),
    },
  };
}
