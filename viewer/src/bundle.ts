/** The decrypted FHIR R4 Bundle: its person, its documents, its resources. */
import { type Bytes, bytesFromBase64, textFromBytes } from "./base64.ts";
import { readTrends, type Trends } from "./trends.ts";

export interface Coded {
  text?: string;
  coding?: { system?: string; code?: string; display?: string }[];
}
export interface Quantity {
  value?: number;
  unit?: string;
}
export interface Valued {
  code?: Coded;
  valueQuantity?: Quantity;
  valueInteger?: number;
  valueString?: string;
  valueBoolean?: boolean;
  valueDateTime?: string;
  valueCodeableConcept?: Coded;
}
export interface Item {
  linkId?: string;
  text?: string;
  answer?: { valueInteger?: number; valueCoding?: { display?: string; code?: string } }[];
  item?: Item[];
}

export interface Reference {
  reference?: string;
}

/** The members that this page reads of any resource. */
export interface Resource extends Valued {
  resourceType: string;
  identifier?: { value?: string } | { value?: string }[];
  partOf?: Reference[];
  derivedFrom?: Reference[];
  status?: string;
  /** One in a Procedure, a list in a MedicationStatement. */
  statusReason?: Coded | Coded[];
  effectiveDateTime?: string;
  issued?: string;
  effectivePeriod?: { start?: string; end?: string };
  performedDateTime?: string;
  performedPeriod?: { start?: string; end?: string };
  authored?: string;
  date?: string;
  component?: Valued[];
  medicationCodeableConcept?: Coded;
  dosage?: { text?: string; route?: Coded; doseAndRate?: { doseQuantity?: Quantity }[] }[];
  item?: Item[];
  note?: { text?: string }[];
  name?: { text?: string }[];
  content?: { attachment?: { contentType?: string; data?: string } }[];
}

/** What the page shows, and the bytes it offers for download. */
export interface Journal {
  bytes: Bytes;
  subjectName: string | null;
  trends: Trends | null;
  report: Bytes | null;
  /** Everything but the person and the documents, in the order of the Bundle. */
  resources: Resource[];
}

const TRENDS_TYPE = "application/vnd.afterglow.trends+json";
const REPORT_TYPE = "application/pdf";

/** Read a Bundle. Throws TypeError where the bytes hold none. */
export function readBundle(bytes: Bytes): Journal {
  const bundle: unknown = JSON.parse(textFromBytes(bytes));
  if (!isBundle(bundle)) throw new TypeError("no Bundle");
  const all = (bundle.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
  const trends = attachment(all, TRENDS_TYPE);
  return {
    bytes,
    subjectName: all.find((one) => one.resourceType === "Patient")?.name?.[0]?.text ?? null,
    trends: trends && readTrends(textFromBytes(trends)),
    report: attachment(all, REPORT_TYPE),
    resources: all.filter(
      ({ resourceType }) => resourceType !== "Patient" && resourceType !== "DocumentReference",
    ),
  };
}

function isBundle(read: unknown): read is { entry?: { resource?: Resource }[] } {
  if (typeof read !== "object" || read === null) return false;
  return (read as Record<string, unknown>)["resourceType"] === "Bundle";
}

function attachment(resources: Resource[], contentType: string): Bytes | null {
  for (const { resourceType, content } of resources) {
    if (resourceType !== "DocumentReference") continue;
    const found = content?.find(({ attachment: held }) => held?.contentType === contentType);
    if (found?.attachment?.data) return bytesFromBase64(found.attachment.data);
  }
  return null;
}

/** The resource that another one names as what it belongs to or was read from. */
export function originOf(resource: Resource, among: Resource[]): Resource | undefined {
  const named = (resource.partOf ?? resource.derivedFrom)?.[0]?.reference;
  return named === undefined
    ? undefined
    : among.find(({ identifier }) => [identifier].flat().some((one) => one?.value === named));
}

/** Words of a coded value: its text, else a display, else a code. */
export function codedText(coded: Coded | undefined): string {
  const first = coded?.coding?.[0];
  return coded?.text ?? first?.display ?? first?.code ?? "";
}

/** When it happened, as written in the resource. */
export function timeOf(resource: Resource): string {
  return (
    resource.effectiveDateTime ??
    resource.effectivePeriod?.start ??
    resource.performedDateTime ??
    resource.performedPeriod?.start ??
    resource.authored ??
    resource.date ??
    ""
  );
}
