/** As much of a document as it takes to build a screen: elements that are never drawn. */

type Child = Made | string;

/** An element with its attributes and its text. */
export class Made {
  readonly attributes = new Map<string, string>();
  private children: Child[] = [];

  constructor(readonly tag: string) {}

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  append(...children: Child[]): void {
    this.children.push(...children);
  }

  addEventListener(): void {
    // Nobody touches what is not drawn.
  }

  focus(): void {
    // Nor does anybody type into it.
  }

  select(): void {
    // As above.
  }

  get textContent(): string {
    return this.children
      .map((child) => (typeof child === "string" ? child : child.textContent))
      .join("");
  }

  set textContent(text: string) {
    this.children = text ? [text] : [];
  }

  /** Itself and what is in it, as far as the attribute holds the word. */
  having(attribute: string, word: string): Made[] {
    const held = this.attributes.get(attribute)?.split(" ") ?? [];
    const inside = this.children.flatMap((child) =>
      typeof child === "string" ? [] : child.having(attribute, word),
    );
    return held.includes(word) ? [this, ...inside] : inside;
  }

  /** The first element of a kind, in the order of reading. */
  first(tag: string): Made | undefined {
    if (this.tag === tag) return this;
    for (const child of this.children) {
      const found = typeof child === "string" ? undefined : child.first(tag);
      if (found) return found;
    }
    return undefined;
  }
}

class NoWatch {
  observe(): void {
    // There is no width to wait for.
  }

  disconnect(): void {
    // And nothing to let go of.
  }
}

const made = {
  createElement: (tag: string) => new Made(tag),
  createElementNS: (_: string, tag: string) => new Made(tag),
};
globalThis.document = made as unknown as Document;
globalThis.window = new EventTarget() as unknown as typeof globalThis.window;
globalThis.ResizeObserver = NoWatch as unknown as typeof ResizeObserver;

/** What a part of the page built. */
export function built(element: Element | null | undefined): Made {
  if (!element) throw new Error("nothing was built");
  return element as unknown as Made;
}
