/** A patient's story told through the generated client; prints what was seen as JSON. */
import { randomUUID } from "node:crypto";
import { afterglow, answered, type Afterglow, Refused } from "./client.js";
import { everyKind, mood } from "./drafts.js";
import { mailedCode } from "./mailbox.js";
import type { Entry, EntryDraft, EntryPatch, SyncChange } from "../.generated/api.js";

const PASSWORD = "a quiet lake under seven birches";
const [origin = "", mails = ""] = process.argv.slice(2);

async function signUp(): Promise<string> {
  const email = `${randomUUID().slice(0, 13)}@patients.example`;
  const stranger = afterglow(origin, () => undefined);
  // guide sign-up
  const asked = answered(
    await stranger.POST("/v1/accounts", { body: { email, password: PASSWORD } }),
  );
  const code = await mailedCode(mails, email); // the patient reads it from the mail
  const tokens = answered(
    await stranger.POST("/v1/accounts/verification", {
      body: {
        request_id: asked.request_id,
        code,
        device: { name: "Phone", platform: "ios" },
      },
    }),
  );
  // end
  return tokens.access_token;
}

async function save(client: Afterglow, draft: EntryDraft): Promise<Entry> {
  return answered(await client.POST("/v1/entries", { body: draft })).entry;
}

// guide union
/** What a list shows of an entry: the compiler knows the members of each kind. */
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
// end

async function writeEveryKind(client: Afterglow): Promise<string[]> {
  const told: string[] = [];
  for (const draft of everyKind()) {
    const saved = await save(client, draft);
    const again = await client.POST("/v1/entries", { body: draft });
    if (again.response.status !== 200) throw new Error("sending again is harmless");
    told.push(headline(saved));
  }
  return told;
}

async function conflict(client: Afterglow): Promise<(string | number)[]> {
  const draft = mood(3);
  const saved = await save(client, draft);
  const other = await client.POST("/v1/entries", { body: { ...draft, score: 4 } });
  // guide change
  const change = async (revision: number, score: number) =>
    client.PATCH("/v1/entries/{entry_id}", {
      params: { path: { entry_id: saved.id }, header: { "If-Match": `"${revision}"` } },
      body: { kind: "mood", score },
    });
  const first = answered(await change(saved.revision, 5)).entry;
  const stale = await change(saved.revision, 6); // 412: another device was faster
  const current = answered(
    await client.GET("/v1/entries/{entry_id}", { params: { path: { entry_id: saved.id } } }),
  );
  const merged = answered(await change(current.revision, 6)).entry;
  // end
  if (first.revision !== current.revision || merged.kind !== "mood") throw new Error("no merge");
  return [other.error?.code ?? "", stale.error?.code ?? "", merged.score];
}

async function sync(client: Afterglow): Promise<(string | undefined)[]> {
  const { id, ...data } = mood(7);
  const stale: EntryPatch = { kind: "mood", score: 8 };
  const items = [
    { id, op: "upsert" as const, data },
    { id, op: "upsert" as const, data: stale },
    { id: randomUUID(), op: "upsert" as const, data: { ...data, score: 99 } },
  ];
  // guide sync
  const pushed = answered(
    await client.POST("/v1/sync/changes", { body: { device_id: "phone", changes: items } }),
  );
  const changes: SyncChange[] = [];
  for (let cursor = 0, more = true; more; ) {
    const query = { cursor, device_id: "phone", limit: 3 };
    const page = answered(await client.GET("/v1/sync/changes", { params: { query } }));
    changes.push(...page.changes);
    cursor = page.cursor;
    more = page.has_more;
  }
  // end
  const mine = changes.find((change) => change.id === id);
  const statuses = pushed.results.map((result) => result.error?.code ?? result.status);
  return [...statuses, mine?.entry?.kind];
}

async function trends(client: Afterglow): Promise<(string | number)[]> {
  // guide trends
  const summary = answered(await client.GET("/v1/trends/summary"));
  const query = { metric: "mood" as const };
  const daily = answered(await client.GET("/v1/trends/daily", { params: { query } }));
  // end
  return [summary.metrics.length, daily.days.length];
}

async function share(client: Afterglow): Promise<(string | number | undefined)[]> {
  const today = new Date().toISOString().slice(0, 10);
  // guide share
  const draft = {
    id: randomUUID(),
    kind: "passcode" as const,
    mode: "snapshot" as const,
    scope: { kinds: ["mood" as const, "session" as const], from: "2026-01-01", to: today },
  };
  const early = await client.POST("/v1/shares", { body: draft });
  if (early.error?.code === "step_up_required") {
    await client.POST("/v1/step-up", { body: { method: "password", password: PASSWORD } });
  }
  const made = answered(await client.POST("/v1/shares", { body: draft }));
  // end
  const payload = (made.link ?? "").split("shlink:/")[1] ?? "";
  const link = JSON.parse(Buffer.from(payload, "base64url").toString()) as { url: string };
  const token = link.url.split("/").at(-1) ?? "";
  const reader = afterglow(origin, () => undefined);
  const open = async (passcode: string) =>
    reader.POST("/shl/{token}", {
      params: { path: { token } },
      body: { recipient: "Dr Lee", passcode },
    });
  const wrong = await open("??????");
  const manifest = answered(await open(made.passcode ?? ""));
  await client.DELETE("/v1/shares/{share_id}", { params: { path: { share_id: made.id } } });
  const dead = await open(made.passcode ?? "");
  return [
    early.error?.code,
    wrong.error?.code,
    manifest.files[0]?.contentType,
    dead.error?.code,
  ];
}

async function refused(): Promise<string> {
  try {
    answered(await afterglow(origin, () => "aga_spent").GET("/v1/profile"));
  } catch (error) {
    if (error instanceof Refused) return error.problem.code;
  }
  return "";
}

const token = await signUp();
const client = afterglow(origin, () => token);
const seen = {
  kinds: await writeEveryKind(client),
  conflict: await conflict(client),
  sync: await sync(client),
  trends: await trends(client),
  share: await share(client),
  refused: await refused(),
};
console.log(JSON.stringify(seen));
