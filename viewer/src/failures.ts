/** Plain words for every way in which a link does not open. */
import type { Reason } from "./shl.ts";
import { count } from "./words.ts";

export interface Failure {
  title: string;
  words: string;
  /** Whether pressing Open again can help. */
  again: boolean;
}

export const GONE: Failure = {
  title: "No longer valid",
  words:
    "This link is no longer valid. It may have expired or been withdrawn. " +
    "Ask the patient for a new one.",
  again: false,
};

export const DAMAGED: Failure = {
  title: "Damaged link",
  words:
    "This link is damaged: part of it is missing or was changed on its way. " +
    "Copy the whole link again, or ask the patient to send it once more.",
  again: false,
};

export const FOREIGN: Failure = {
  title: "Link of another service",
  words:
    "This link belongs to another service and is not opened here. " +
    "Nothing was fetched. Ask the patient where the link comes from.",
  again: false,
};

export const INSECURE: Failure = {
  title: "Connection not secure",
  words:
    "This page can decrypt a journal only over a secure connection (https). " +
    "Open the link as it was sent.",
  again: false,
};

export const NO_LINK: Failure = {
  title: "No link here",
  words:
    "This page shows a symptom journal that a patient has shared. Open the link again, just " +
    "as it was sent to you: it is not kept here, so a reload or the back button needs it anew.",
  again: false,
};

export const CLOSED: Failure = {
  title: "Closed",
  words: "Closed for privacy. Open the link again.",
  again: false,
};

/** What to tell the reader; `again` is true where the form stays open. */
export function failureOf(reason: Reason): Failure {
  switch (reason.kind) {
    case "gone":
      return GONE;
    case "wrong_passcode":
      return wrongPasscode(reason.triesLeft);
    case "busy":
      return {
        title: "Busy",
        words: `The service is busy. ${waitWords(reason.retryAfterSeconds)} Nothing was lost.`,
        again: true,
      };
    case "offline":
      return {
        title: "No connection",
        words:
          "The service could not be reached, or the connection broke off. " +
          "Check your network, then press Open again.",
        again: true,
      };
    case "refused":
      return {
        title: "Not accepted",
        words: "The service did not accept the name or the passcode as typed. Check both.",
        again: true,
      };
    case "server":
      return {
        title: "Something went wrong",
        words: "Something went wrong at the service. Try again in a few minutes.",
        again: true,
      };
    case "wrong_key":
      return {
        title: "Wrong key",
        words:
          "The journal could not be decrypted: the key in this link does not fit. " +
          "Copy the whole link again, or ask the patient for a new one.",
        again: false,
      };
    case "unreadable":
      return {
        title: "Not readable",
        words: "The service answered, but not with a journal that this page can read.",
        again: false,
      };
  }
}

function wrongPasscode(left: number): Failure {
  if (left <= 0) {
    return {
      title: "Closed for good",
      words:
        "That passcode is not right. No tries are left, and the link is closed for good. " +
        "Ask the patient for a new one.",
      again: false,
    };
  }
  const tries = `${count(left, "try is", "tries are")} left`;
  return {
    title: "Wrong passcode",
    words: `That passcode is not right. ${tries}, then the link closes for good.`,
    again: true,
  };
}

function waitWords(seconds: number | null): string {
  if (seconds === null) return "Try again in a minute.";
  if (seconds < 90) return `Try again in ${count(Math.max(seconds, 1), "second")}.`;
  return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}
