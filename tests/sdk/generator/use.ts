/** The typescript-fetch client, really used: sign-up, a union both ways, a conflict, a sync. */
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import {
  AccountsApi,
  Configuration,
  type Entry,
  type EntryDraft,
  JournalApi,
  ResponseError,
  SyncApi,
  TrendsApi,
} from "./typescript-fetch/index.js";

const [basePath = "", mails = ""] = process.argv.slice(2);
const password = "a quiet lake under seven birches";
const email = `${randomUUID().slice(0, 13)}@patients.example`;

async function mailedCode(): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    for (const name of readdirSync(mails)) {
      const text = readFileSync(`${mails}/${name}`, "utf8");
      const found = /^Code: (\d{8})\r?$/m.exec(text)?.[1];
      if (found !== undefined && text.includes(email)) return found;
    }
    await pause(50);
  }
  throw new Error("no code was mailed");
}

function headline(entry: Entry): string {
  switch (entry.kind) {
    case "mood":
      return `mood ${entry.score}`;
    case "flashback":
      return `flashback ${entry.report} ${[...(entry.trigger ?? [])].join()}`;
    default:
      return entry.kind;
  }
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ResponseError) return ((await error.response.json()) as { code: string }).code;
  }
  return "";
}

const accounts = new AccountsApi(new Configuration({ basePath }));
const asked = await accounts.registerAccount({ accountDraft: { email, password } });
const tokens = await accounts.verifyEmail({
  emailVerification: {
    requestId: asked.requestId,
    code: await mailedCode(),
    device: { name: "Phone", platform: "ios" },
  },
});
const signedIn = new Configuration({ basePath, accessToken: tokens.accessToken });
const journal = new JournalApi(signedIn);
const envelope = () => ({ id: randomUUID(), occurredAt: new Date(), timeZone: "UTC" });
const mood: EntryDraft = { ...envelope(), kind: "mood", score: 6.5 };
const flashback: EntryDraft = {
  ...envelope(),
  kind: "flashback",
  report: "episode",
  distress: 6,
  trigger: new Set(["media"] as const),
};
const told: string[] = [];
for (const entryDraft of [mood, flashback]) {
  told.push(headline((await journal.createEntry({ entryDraft })).entry));
}
const other: EntryDraft = { ...mood, score: 2 };
told.push(await codeOf(journal.createEntry({ entryDraft: other })));
const stale = { entryId: mood.id, ifMatch: '"1099511627775"', entryPatch: { kind: "mood", score: 3 } as const };
told.push(await codeOf(journal.updateEntry(stale)));
const page = await new SyncApi(signedIn).pullChanges({});
told.push(`${page.changes.length} changes`);
const summary = await new TrendsApi(signedIn).getTrendSummary({});
told.push(summary.metrics.length > 0 ? "trends" : "no trends");
console.log(JSON.stringify(told));
