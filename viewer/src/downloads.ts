/** Files made in the page from what was decrypted; nothing is fetched for them. */
import { h } from "./dom.ts";

/** Hand a file to the reader. The address of it lives until `life` ends or a minute is over. */
export function save(name: string, type: string, content: BlobPart, life: AbortSignal): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: address, download: name }).click();
  const release = (): void => URL.revokeObjectURL(address);
  const timer = setTimeout(release, 60_000);
  life.addEventListener("abort", () => {
    clearTimeout(timer);
    release();
  });
}
