/** Small drawings for legends, in the same strokes as the charts. */
import { symbol, type SymbolType } from "d3-shape";
import { s } from "../dom.ts";

/** A questionnaire that was filled in and gives no score. */
export const CROSS = "\u00d7";

function sign(kind: string, ...children: SVGElement[]): SVGSVGElement {
  const attributes = { width: 22, height: 14, viewBox: "0 0 22 14", "aria-hidden": "true" };
  return s("svg", { ...attributes, class: `sign ${kind}` }, ...children);
}

export function dotSign(kind: string): SVGSVGElement {
  return sign(kind, s("path", { d: "M11 7h0", class: "dots dots-large" }));
}

export function medianSign(kind: string): SVGSVGElement {
  return sign(kind, s("path", { d: "M1 9 8 5l6 3 7-4", class: "median" }));
}

export function bandSign(kind: string, band = "band"): SVGSVGElement {
  return sign(kind, s("rect", { x: 1, y: 2, width: 20, height: 10, class: band }));
}

export function lineSign(kind: string, line: string): SVGSVGElement {
  return sign(kind, s("path", { d: "M1 7h20", class: line }));
}

export function sessionSign(): SVGSVGElement {
  return sign("sessions", s("path", { d: "M11 0v14", class: "session-line" }));
}

export function barSign(kind: string): SVGSVGElement {
  return sign(
    kind,
    s("rect", { x: 6, y: 6, width: 10, height: 8, class: "bar" }),
    s("path", { d: "M11 1v9M8 1h6M8 10h6", class: "whisker" }),
  );
}

export function hatchSign(): SVGSVGElement {
  return sign("", s("path", { d: "M1 13 7 1M6 13 12 1M11 13 17 1M16 13 21 3", class: "hatch" }));
}

export function markSign(kind: string, shape: SymbolType, open = false): SVGSVGElement {
  const d = symbol(shape, 60)() ?? "";
  return sign(
    kind,
    s("path", { d, transform: "translate(11 7)", class: open ? "mark mark-open" : "mark" }),
  );
}

export function crossSign(): SVGSVGElement {
  return sign("", s("text", { x: 11, y: 12, "text-anchor": "middle" }, CROSS));
}
