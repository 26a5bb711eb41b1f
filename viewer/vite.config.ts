/** The build: one script, one style sheet, hashed names, and a checksum on every tag. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const BASE = "/view/";
const TAG = /<(?:script|link)\b[^>]*?\b(?:src|href)="(\/view\/[^"]+)"[^>]*?(?=>)/g;

/** Subresource integrity, taken from the files as they lie on the disk after the build. */
function integrity(): Plugin {
  return {
    name: "afterglow-integrity",
    apply: "build",
    async writeBundle({ dir }) {
      if (!dir) throw new Error("the build has no directory");
      const page = join(dir, "index.html");
      const html = await readFile(page, "utf8");
      const sums = new Map<string, string>();
      for (const [, address] of html.matchAll(TAG)) {
        const bytes = await readFile(join(dir, address!.slice(BASE.length)));
        sums.set(address!, `sha384-${createHash("sha384").update(bytes).digest("base64")}`);
      }
      const signed = html.replace(TAG, (tag, address) => `${tag} integrity="${sums.get(address)}"`);
      await writeFile(page, signed);
    },
  };
}

export default defineConfig({
  base: BASE,
  plugins: [integrity()],
  build: {
    outDir: "../app/sharing/viewer_static",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // The polyfill would make requests of its own; there is nothing to preload.
    modulePreload: false,
    // Every asset stands under its own checked name; none is folded into another file.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
});
