/** One request and its whole answer, which may take long but must not stand still. */

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** There was no connection, it broke off, or nothing came over it any more. */
export class ConnectionLost extends Error {}

/** So long an answer may stand still; a large file over a slow line takes longer as a whole. */
export const PATIENCE_MS = 45_000;

/** Send it without a cookie, a referrer or a cache. Throws ConnectionLost. */
export async function ask(address: string, init: RequestInit, stop: AbortSignal): Promise<Answer> {
  const still = new AbortController();
  // By hand, because tablets of some years ago lack AbortSignal.any.
  const give = (): void => still.abort();
  let timer: ReturnType<typeof setTimeout> | undefined;
  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(give, PATIENCE_MS);
  }
  if (stop.aborted) give();
  stop.addEventListener("abort", give);
  wait();
  try {
    const answer = await fetch(address, {
      ...init,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: still.signal,
    });
    const { status, headers, body } = answer;
    return { status, headers, text: body ? await textOf(body, wait) : "" };
  } catch {
    throw new ConnectionLost();
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", give);
  }
}

async function textOf(body: ReadableStream<Uint8Array>, came: () => void): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    came();
    text += decoder.decode(value, { stream: true });
  }
}
