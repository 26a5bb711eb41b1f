/** A patient's story told through the typescript-fetch client; prints what was seen as JSON. */
import { randomUUID } from "node:crypto";
import { everyKind, mood } from "./drafts.js";
import { mailedCode } from "./mailbox.js";
import {
  AccountsApi,
  Configuration,
  type Entry,
  JournalApi,
  type Problem,
  ResponseError,
  SharingApi,
  SyncApi,
  type SyncChange,
  TrendsApi,
} from "./typescript-fetch/index.js";

const [basePath = "", mails = ""] = process.argv.slice(2);
const PASSWORD = "a quiet lake under seven birches";
const DAY = 86_400_000;

/** The code of a refusal that was expected. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ResponseError) return ((await error.response.json()) as Problem).code;
    throw error;
  }
  throw new Error("this was to be refused");
}

async function signUp(): Promise<string> {
  const email = `${randomUUID().slice(0, 13)}@patients.example`;
  const accounts = new AccountsApi(new Configuration({ basePath }));
  const asked = await accounts.registerAccount({ accountDraft: { email, password: PASSWORD } });
  const tokens = await accounts.verifyEmail({
    emailVerification: {
      requestId: asked.requestId,
      code: await mailedCode(mails, email),
      device: { name: "Phone", platform: "ios" },
    },
  });
  return tokens.accessToken;
}

function headline(entry: Entry): string {
  switch (entry.kind) {
    case "mood":
      return `mood ${entry.score}`;
    case "anxiety":
      return `anxiety ${entry.level}`;
    case "flashback":
      return `flashback ${entry.report}`;
    case "dissociation":
      return `dissociation ${entry.intensity}`;
    case "session":
      return `session ${entry.substance}`;
    case "assessment":
      return `assessment ${entry.instrument} ${entry.result.total ?? "-"}`;
  }
}

async function writeEveryKind(signedIn: Configuration): Promise<string[]> {
  const journal = new JournalApi(signedIn);
  const told: string[] = [];
  for (const entryDraft of everyKind()) {
    const saved = await journal.createEntry({ entryDraft });
    const again = await journal.createEntryRaw({ entryDraft });
    if (again.raw.status !== 200) throw new Error("sending again is harmless");
    told.push(headline(saved.entry));
  }
  return told;
}

async function conflict(signedIn: Configuration): Promise<(string | number)[]> {
  const journal = new JournalApi(signedIn);
  const draft = mood(3);
  const { entry } = await journal.createEntry({ entryDraft: draft });
  const other = await codeOf(journal.createEntry({ entryDraft: { ...draft, score: 4 } }));
  const change = (revision: number, score: number) =>
    journal.updateEntry({
      entryId: draft.id,
      ifMatch: `"${revision}"`,
      entryPatch: { kind: "mood", score },
    });
  await change(entry.revision, 5);
  const stale = await codeOf(change(entry.revision, 6));
  const current = await journal.getEntry({ entryId: draft.id });
  const merged = (await change(current.revision, 6)).entry;
  if (merged.kind !== "mood") throw new Error("no mood");
  return [other, stale, merged.score];
}

async function sync(signedIn: Configuration): Promise<(string | undefined)[]> {
  const syncing = new SyncApi(signedIn);
  const { id, ...data } = mood(7);
  const pushed = await syncing.pushChanges({
    syncPush: {
      deviceId: "phone",
      changes: [
        { id, op: "upsert", data },
        { id, op: "upsert", data: { kind: "mood", score: 8 } },
        { id: randomUUID(), op: "upsert", data: { ...data, score: 99 } },
      ],
    },
  });
  const changes: SyncChange[] = [];
  for (let cursor = 0, more = true; more; ) {
    const page = await syncing.pullChanges({ cursor, deviceId: "phone", limit: 3 });
    changes.push(...page.changes);
    cursor = page.cursor;
    more = page.hasMore;
  }
  const mine = changes.find((change) => change.id === id);
  return [...pushed.results.map((each) => each.error?.code ?? each.status), mine?.entry?.kind];
}

async function trends(signedIn: Configuration): Promise<number[]> {
  const asking = new TrendsApi(signedIn);
  const summary = await asking.getTrendSummary();
  const daily = await asking.getDailyTrend({ metric: "mood" });
  return [summary.metrics.length, daily.days.length];
}

async function share(signedIn: Configuration): Promise<(string | undefined)[]> {
  const sharing = new SharingApi(signedIn);
  const shareDraft = {
    id: randomUUID(),
    kind: "passcode",
    mode: "snapshot",
    scope: {
      kinds: new Set(["mood", "session"] as const),
      from: new Date(Date.now() - 90 * DAY),
      to: new Date(),
    },
  } as const;
  const early = await codeOf(sharing.createShare({ shareDraft }));
  const proofDraft = { method: "password", password: PASSWORD } as const;
  await new AccountsApi(signedIn).stepUp({ proofDraft });
  const made = await sharing.createShare({ shareDraft });
  const payload = Buffer.from((made.link ?? "").split("shlink:/")[1] ?? "", "base64url");
  const token = (JSON.parse(payload.toString()) as { url: string }).url.split("/").at(-1) ?? "";
  const reader = new SharingApi(new Configuration({ basePath }));
  const open = (passcode?: string) =>
    reader.openShare({ token, shareManifestRequest: { recipient: "Dr Lee", passcode } });
  const wrong = await codeOf(open("??????"));
  const manifest = await open(made.passcode);
  await sharing.revokeShare({ shareId: made.id });
  const dead = await codeOf(open(made.passcode));
  return [early, wrong, manifest.files[0]?.contentType, dead];
}

const signedIn = new Configuration({ basePath, accessToken: await signUp() });
const spent = new AccountsApi(new Configuration({ basePath, accessToken: "aga_spent" }));
const seen = {
  kinds: await writeEveryKind(signedIn),
  conflict: await conflict(signedIn),
  sync: await sync(signedIn),
  trends: await trends(signedIn),
  share: await share(signedIn),
  refused: await codeOf(spent.getProfile()),
};
console.log(JSON.stringify(seen));
