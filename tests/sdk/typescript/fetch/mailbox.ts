/** The code that a server in development writes into its folder of mails. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const CODE = /^Code: (\d{8})\r?$/m;
const TRIES = 200;

/** The newest code that went to this address; throws when none comes within ten seconds. */
export async function mailedCode(folder: string, email: string): Promise<string> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const whole = readdirSync(folder).filter((name) => name.endsWith(".eml")); // others are being written
    for (const name of whole.sort().reverse()) {
      const text = readFileSync(join(folder, name), "utf8");
      const found = CODE.exec(text)?.[1];
      if (found !== undefined && text.includes(email)) return found;
    }
    await pause(50);
  }
  throw new Error("no code was mailed");
}
