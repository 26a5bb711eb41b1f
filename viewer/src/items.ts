/** Which item of which questionnaire an answer belongs to, by number alone: no wording anywhere. */
import { instrumentOf } from "./instruments.ts";

export interface ItemPlace {
  instrument: string;
  item: number;
}

/** LOINC codes of the items, in the order of the form. */
const LOINC_ITEMS: [instrument: string, codes: string[]][] = [
  [
    "phq-9",
    [
      "44250-9",
      "44255-8",
      "44259-0",
      "44254-1",
      "44251-7",
      "44258-2",
      "44252-5",
      "44253-3",
      "44260-8",
    ],
  ],
  ["gad-7", ["69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"]],
];
const PLACES = new Map(
  LOINC_ITEMS.flatMap(([instrument, codes]) =>
    codes.map((code, index): [string, ItemPlace] => [code, { instrument, item: index + 1 }]),
  ),
);
/** The question of the PHQ-9 that stands behind its items and counts for no total. */
const DIFFICULTY = "69722-7";
const OWN = /^([a-z0-9-]+)-item-(\d+)$/;

/** LOINC answers of those items, by the number that each stands for. */
const ANSWERS = new Map([
  ["LA6568-5", 0],
  ["LA6569-3", 1],
  ["LA6570-1", 2],
  ["LA6571-9", 3],
]);

/** The place of a `linkId`; null where it is none of a questionnaire that links hold. */
export function placeOf(linkId: string | undefined): ItemPlace | null {
  if (linkId === undefined) return null;
  const known = PLACES.get(linkId);
  if (known) return known;
  const [, instrument, item] = OWN.exec(linkId) ?? [];
  return instrument && item ? { instrument, item: Number(item) } : null;
}

/** "PHQ-9, item 9"; an unknown `linkId` as it is. */
export function itemWords(linkId: string | undefined): string {
  const place = placeOf(linkId);
  if (place) return `${instrumentOf(place.instrument, 0).name}, item ${place.item}`;
  return linkId === DIFFICULTY ? "PHQ-9, difficulty" : (linkId ?? "");
}

/** The number of an answer code; undefined for any other code. */
export function answerNumber(code: string | undefined): number | undefined {
  return code === undefined ? undefined : ANSWERS.get(code);
}
