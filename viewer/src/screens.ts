/** The screens around the journal: the form before it, the message in place of it, the warning. */
import { h } from "./dom.ts";
import type { Failure } from "./failures.ts";
import type { ShareLink } from "./link.ts";
import type { Reader } from "./shl.ts";
import { instantWords } from "./words.ts";
import { emblem } from "./emblem.ts";

/** One message and nothing else. */
export function message({ title, words }: Failure): HTMLElement {
  return h(
    "div",
    { class: "screen" },
    h(
      "section",
      { class: "card message" },
      emblem(),
      h("h1", { tabindex: -1 }, title),
      h("p", { role: "status" }, words),
    ),
  );
}

export interface Gate {
  element: HTMLElement;
  /** Words above the button; the form can be sent again. */
  complain(failure: Failure): void;
  busy(): void;
}

/** The form that stands before every request. */
export function gate(link: ShareLink, open: (reader: Reader) => void): Gate {
  const name = field("Your name", "The patient will see this.", "name", 120);
  const passcode = link.needsPasscode
    ? field("Passcode", "The patient sent it to you by another way.", "off", 128)
    : null;
  const problem = h("p", { class: "problem", role: "alert" });
  // A label that changes is not read out, and a slow line can take a minute.
  const progress = h("p", { class: "unseen", role: "status" });
  const button = h("button", { type: "submit", class: "primary" }, "Open");
  const form = h("form", {}, name.row, passcode?.row, problem, button, progress);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const recipient = typedName(name.input.value);
    name.input.value = recipient;
    if (!form.reportValidity()) return;
    open(passcode ? { recipient, passcode: passcode.input.value } : { recipient });
  });
  function complain({ words }: Failure): void {
    problem.textContent = words;
    progress.textContent = "";
    button.disabled = false;
    button.textContent = "Open";
    const wrong = passcode?.input ?? name.input;
    wrong.focus();
    wrong.select();
  }
  function busy(): void {
    problem.textContent = "";
    progress.textContent = "Opening the journal.";
    button.disabled = true;
    button.textContent = "Opening\u2026";
  }
  return { element: framed(link, form), complain, busy };
}

/** Signs that nobody sees and no name needs; joiners shape the letters of many languages. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu;
const JOINERS_ALONE = /^[\s\u200c\u200d]*$/u;

/** A name as the patient will see it: one line, one direction; empty where nothing is seen. */
export function typedName(typed: string): string {
  const name = typed.replace(UNSEEN, "").trim();
  return JOINERS_ALONE.test(name) ? "" : name;
}

function framed(link: ShareLink, form: HTMLFormElement): HTMLElement {
  const until = link.expiresAt && `Link valid until ${instantWords(link.expiresAt)}`;
  const kind = link.live
    ? "Shows the journal as of now"
    : "Shows the journal as it was when shared";
  return h(
    "div",
    { class: "screen" },
    h(
      "section",
      { class: "card gate" },
      emblem(),
      h("p", { class: "kicker" }, "A patient shared with you"),
      h("h1", { tabindex: -1 }, h("bdi", {}, link.label || "Journal")),
      h("p", { class: "caption" }, [kind, until].filter(Boolean).join(". ") + "."),
      form,
      h(
        "p",
        { class: "small" },
        "Nothing is fetched before you press Open. The journal is decrypted in this browser, ",
        "nothing of it is kept, and a reload needs the link again.",
      ),
    ),
  );
}

interface Field {
  row: HTMLElement;
  input: HTMLInputElement;
}

function field(words: string, hint: string, autocomplete: "name" | "off", longest: number): Field {
  const id = words.replace(/\W+/g, "-").toLowerCase();
  const input = h("input", {
    id,
    type: "text",
    required: true,
    maxlength: longest,
    autocomplete,
    autocapitalize: autocomplete === "name" ? "words" : "none",
    spellcheck: "false",
    dir: "auto",
    "aria-describedby": `${id}-hint`,
  });
  const row = h(
    "div",
    { class: "field" },
    h("label", { for: id }, words),
    h("p", { id: `${id}-hint`, class: "hint" }, hint),
    input,
  );
  return { row, input };
}

/** The warning of the ninth minute; `stay` also answers the Escape key. */
export function stillThere(stay: () => void, close: () => void): HTMLDialogElement {
  const staying = h("button", { type: "button", class: "primary", autofocus: true }, "Stay");
  const closing = h("button", { type: "button" }, "Close now");
  const dialog = h(
    "dialog",
    { class: "warning", "aria-labelledby": "still-there", "aria-describedby": "still-there-words" },
    h("h2", { id: "still-there" }, "Still there?"),
    h(
      "p",
      { id: "still-there-words" },
      "This journal closes in one minute, because nobody has used the page.",
    ),
    h("div", { class: "actions" }, staying, closing),
  );
  staying.addEventListener("click", () => dialog.close());
  closing.addEventListener("click", close);
  dialog.addEventListener("close", () => {
    dialog.remove();
    stay();
  });
  return dialog;
}
