/** Resources as plain rows: one for each value, for the tables and the CSV file. */
import {
  codedText,
  type Item,
  type Quantity,
  type Resource,
  timeOf,
  type Valued,
} from "./bundle.ts";
import { instrumentOf } from "./instruments.ts";
import { answerNumber, itemWords, placeOf } from "./items.ts";

export interface Row {
  time: string;
  resource: string;
  what: string;
  /** The component, or empty for the resource's own value. */
  part: string;
  value: string;
  unit: string;
  note: string;
}

/** All rows of a resource; at least one, so that nothing shared goes unseen. */
export function rowsOf(resource: Resource): Row[] {
  const values = [
    ...status(resource),
    ...ownValue(resource),
    ...parts(resource),
    ...dose(resource),
    ...answers(resource),
  ];
  const note = (resource.note ?? []).flatMap(({ text }) => (text ? [text] : [])).join("\n");
  const what = subject(resource);
  const rows = values.length
    ? values
    : [{ part: "status", value: resource.status ?? "", unit: "" }];
  return rows.map((row, index) => ({
    time: timeOf(resource),
    resource: resource.resourceType,
    what,
    ...row,
    note: index === 0 ? note : "",
  }));
}

type Value = Pick<Row, "part" | "value" | "unit">;

function subject(resource: Resource): string {
  const words = codedText(resource.code) || codedText(resource.medicationCodeableConcept);
  const place = placeOf(resource.item?.[0]?.linkId);
  const questionnaire = place && `${instrumentOf(place.instrument, 0).name} answers`;
  return words || questionnaire || resource.resourceType;
}

const STATUSES = new Map([
  ["preparation", "planned"],
  ["intended", "planned"],
  ["active", "in progress"],
]);

function statusWords(code: string): string {
  return STATUSES.get(code) ?? code.replaceAll("-", " ");
}

/** Without it a session or a dose that never was would look like any other. */
function status(resource: Resource): Value[] {
  const { resourceType, status: code, statusReason: reasons = [] } = resource;
  if (resourceType !== "Procedure" && resourceType !== "MedicationStatement") return [];
  return [
    { part: "status", value: statusWords(code ?? ""), unit: "" },
    ...[reasons].flat().map((reason) => ({ part: "reason", value: codedText(reason), unit: "" })),
  ];
}

function ownValue(resource: Resource): Value[] {
  const value = valueOf(resource);
  return value ? [{ part: "", ...value }] : [];
}

function parts(resource: Resource): Value[] {
  return (resource.component ?? []).flatMap((component) => {
    const value = valueOf(component);
    return value ? [{ part: codedText(component.code), ...value }] : [];
  });
}

const TAKEN = ["completed", "active"];

function dose(resource: Resource): Value[] {
  const code = resource.status ?? "completed";
  const open = TAKEN.includes(code) ? "" : ` (${statusWords(code)})`;
  return (resource.dosage ?? []).flatMap((dosage) => {
    const route = codedText(dosage.route);
    const given = dosage.doseAndRate?.[0]?.doseQuantity;
    return [
      ...(given ? [{ part: `dose${open}`, ...quantity(given) }] : []),
      ...(route ? [{ part: `route${open}`, value: route, unit: "" }] : []),
    ];
  });
}

function answers(item: { item?: Item[] }): Value[] {
  return (item.item ?? []).flatMap((question) => [
    ...answerWords(question).map((value) => ({
      part: question.text ?? itemWords(question.linkId),
      value,
      unit: "",
    })),
    ...answers(question),
  ]);
}

function answerWords({ answer, item }: Item): string[] {
  if (!answer?.length) return item ? [] : ["not answered"];
  return answer.map(({ valueInteger, valueCoding: coding }) =>
    String(valueInteger ?? answerNumber(coding?.code) ?? coding?.display ?? coding?.code ?? ""),
  );
}

function valueOf(valued: Valued): Omit<Value, "part"> | null {
  if (valued.valueQuantity) return quantity(valued.valueQuantity);
  if (valued.valueCodeableConcept) {
    return { value: codedText(valued.valueCodeableConcept), unit: "" };
  }
  const { valueInteger, valueString, valueBoolean, valueDateTime } = valued;
  if (valueBoolean !== undefined) return { value: valueBoolean ? "yes" : "no", unit: "" };
  const plain = valueInteger ?? valueString ?? valueDateTime;
  return plain === undefined ? null : { value: String(plain), unit: "" };
}

function quantity({ value, unit }: Quantity): Omit<Value, "part"> {
  return { value: value === undefined ? "" : String(value), unit: unit ?? "" };
}
