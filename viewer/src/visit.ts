/** One visit: from a link to the form, the journal, and the moment when all of it is wiped. */
import { readBundle } from "./bundle.ts";
import { decrypt, importKey, WrongKey } from "./decrypt.ts";
import { CLOSED, type Failure, failureOf, GONE, INSECURE } from "./failures.ts";
import { type Clock, watchIdle } from "./idle.ts";
import { journalPage } from "./journal.ts";
import type { ShareLink } from "./link.ts";
import { gate, message, stillThere } from "./screens.ts";
import { opening, OpeningFailed, type Reader, type Reason } from "./shl.ts";

export interface Visit {
  /** Wipe page, key and data, and leave these words. Once is enough; more do nothing. */
  close(words: Failure): void;
}

const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll"];

/** Begin a visit in `page`. Nothing is fetched before the reader presses Open. */
export function visit(page: HTMLElement, link: ShareLink, clock: Clock): Visit {
  const ending = new AbortController();
  const life = ending.signal;
  let key: Promise<CryptoKey> | null = null;
  const fetchFile = opening(link, clock);
  let warning: HTMLDialogElement | null = null;

  function close(words: Failure): void {
    if (life.aborted) return;
    ending.abort();
    idle.end();
    link.key.fill(0);
    key = null;
    warning?.remove();
    show(page, message(words));
  }

  const idle = watchIdle(clock, {
    warn() {
      warning = stillThere(idle.stay, () => close(CLOSED));
      document.body.append(warning);
      warning.showModal();
    },
    close: () => close(CLOSED),
  });
  for (const kind of INPUTS) {
    window.addEventListener(kind, () => idle.input(), {
      signal: life,
      passive: true,
      capture: true,
    });
  }
  document.addEventListener("visibilitychange", () => idle.look(), { signal: life });

  async function open(reader: Reader): Promise<void> {
    form.busy();
    try {
      if (expired(link, clock)) throw new OpeningFailed({ kind: "gone" });
      if (!key) return;
      const plain = await decrypt(await fetchFile(reader, life), await key);
      if (life.aborted) return;
      key = null;
      show(
        page,
        journalPage(link, readBundle(plain), life, () => close(CLOSED)),
      );
    } catch (problem) {
      if (life.aborted) return;
      const failure = failureOf(reasonOf(problem));
      if (failure.again) form.complain(failure);
      else close(failure);
    }
  }

  const form = gate(link, (reader) => void open(reader));
  if (expired(link, clock)) {
    close(GONE);
  } else if (!globalThis.isSecureContext) {
    close(INSECURE);
  } else {
    key = importKey(link.key);
    page.replaceChildren(form.element);
  }
  return { close };
}

function expired({ expiresAt }: ShareLink, clock: Clock): boolean {
  return expiresAt !== null && expiresAt.getTime() <= clock.now();
}

function reasonOf(problem: unknown): Reason {
  if (problem instanceof OpeningFailed) return problem.reason;
  return { kind: problem instanceof WrongKey ? "wrong_key" : "unreadable" };
}

/** Put a screen in place of the last one and lead keyboards and screen readers to its title. */
export function show(page: HTMLElement, screen: HTMLElement): void {
  page.replaceChildren(screen);
  window.scrollTo(0, 0);
  leadTo(screen);
}

/** Lead keyboards and screen readers to the title of a screen. */
export function leadTo(screen: HTMLElement): void {
  screen.querySelector("h1")?.focus({ preventScroll: true });
}
