/** The wiring: one page, one link at a time. */
import "./styles/colours.css";
import "./styles/page.css";
import "./styles/parts.css";
import "./styles/charts.css";
import "./styles/paper.css";
import { CLOSED, DAMAGED, type Failure, FOREIGN, NO_LINK } from "./failures.ts";
import { systemClock } from "./idle.ts";
import { type LinkReading, readLink } from "./link.ts";
import { message } from "./screens.ts";
import { leadTo, show, type Visit, visit } from "./visit.ts";

/** Read the link and take it out of the address bar and the history at once. */
function takeLink(): LinkReading {
  const fragment = location.hash;
  history.replaceState(null, "", location.pathname);
  return readLink(fragment, linkOrigin());
}

function linkOrigin(): string {
  const named = document.querySelector<HTMLMetaElement>('meta[name="afterglow-origin"]')?.content;
  return named || location.origin;
}

const WORDS: Record<Exclude<LinkReading["outcome"], "read">, Failure> = {
  absent: NO_LINK,
  damaged: DAMAGED,
  foreign: FOREIGN,
};

function begin(page: HTMLElement): void {
  let current: Visit | null = null;

  function arrive(): void {
    current?.close(CLOSED);
    const reading = takeLink();
    if (reading.outcome === "read") {
      current = visit(page, reading.link, systemClock);
    } else {
      current = null;
      page.replaceChildren(message(WORDS[reading.outcome]));
    }
  }

  function leave(): void {
    current?.close(CLOSED);
  }

  arrive();
  // Another link pasted into this tab changes the fragment alone and loads nothing.
  window.addEventListener("hashchange", () => {
    if (!location.hash) return;
    arrive();
    leadTo(page); // what had the focus is gone; at a first visit the browser leads
  });
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    leave();
    show(page, message(CLOSED));
  });
}

const page = document.getElementById("page");
if (page) begin(page);
