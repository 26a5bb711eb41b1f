/** The sun below the horizon: the mark of Afterglow, as decoration. */
import { s } from "./dom.ts";

export function emblem(): SVGSVGElement {
  return s(
    "svg",
    { class: "emblem", viewBox: "0 0 40 40", width: 40, height: 40, "aria-hidden": "true" },
    s("path", { d: "M6 22a14 14 0 0 1 28 0z", class: "sun" }),
    s("path", { d: "M3 26h34M8 31h24M14 36h12", class: "horizon" }),
  );
}
