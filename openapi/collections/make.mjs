// Writes both collections: node make.mjs OPENAPI FOLDER
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// All three packages are CommonJS.
const require = createRequire(import.meta.url);
const { openApiToBruno } = require("@usebruno/converters");
const { envJsonToBruV2, jsonToBruV2, jsonToCollectionBru } = require("@usebruno/lang");
const { convertV2 } = require("openapi-to-postmanv2");

const BASE = "http://127.0.0.1:8000";

/** The component that a schema names, through as many names as it takes. */
function named(document, schema) {
  return schema?.$ref ? named(document, document.components.schemas[schema.$ref.split("/").pop()]) : schema;
}

/** A schema's own example, or the least that it asks for. */
function exampleOf(document, schema) {
  const { const: only, enum: words, examples, type, properties, required = [], oneOf } = named(document, schema);
  if (examples) return examples[0];
  if (oneOf) return exampleOf(document, oneOf[0]);
  if (only !== undefined || words) return only ?? words[0];
  if (type === "array") return [];
  if (type !== "object") return { boolean: false, integer: 1, number: 1 }[type] ?? "";
  return Object.fromEntries(required.map((name) => [name, exampleOf(document, properties[name])]));
}

/** A value for a parameter; the generators would throw dice. */
function valueOf(document, { name, schema }) {
  const { format, enum: words } = named(document, schema);
  if (name === "If-Match" || name === "If-None-Match") return '"417"';
  if (format === "uuid") return "0197c0de-0011-7000-8000-000000000011";
  return format === "date" ? "2026-03-14" : (words?.[0] ?? "");
}

/** The document with the project's own examples where converters look, and without answers. */
function prepared(document) {
  const copy = structuredClone(document);
  copy.servers = [{ url: BASE }];
  for (const operation of Object.values(copy.paths).flatMap(Object.values)) {
    operation.summary = operation.operationId;
    operation.responses = { default: { description: "See the OpenAPI file." } };
    for (const body of Object.values(operation.requestBody?.content ?? {})) {
      body.example = exampleOf(copy, body.schema);
    }
    for (const parameter of operation.parameters ?? []) parameter.example = valueOf(copy, parameter);
  }
  return copy;
}

/** Ids are random: the same file must give the same collection. */
function withoutIds(value) {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name]) => !["_postman_id", "uid"].includes(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutIds(member)]));
}

function postman(document, folder) {
  const options = { folderStrategy: "Tags", parametersResolution: "Example", includeAuthInfoInExample: false };
  convertV2({ type: "json", data: document }, options, (fault, made) => {
    if (fault || !made.result) throw fault ?? new Error(made.reason);
    const collection = withoutIds(made.output[0].data);
    for (const request of collection.item.flatMap((each) => each.item)) {
      delete request.id;
      request.response = [];
    }
    collection.auth = { type: "bearer", bearer: [{ key: "token", value: "{{accessToken}}", type: "string" }] };
    collection.variable = [
      { key: "baseUrl", value: BASE },
      { key: "accessToken", value: "" },
    ];
    writeFileSync(join(folder, "afterglow.postman_collection.json"), `${JSON.stringify(collection, null, 1)}\n`);
  });
}

async function bruno(document, folder) {
  const made = await openApiToBruno(document);
  const meta = { version: "1", name: "Afterglow", type: "collection" };
  mkdirSync(join(folder, "environments"), { recursive: true });
  writeFileSync(join(folder, "bruno.json"), `${JSON.stringify(meta, null, 1)}\n`);
  const auth = { mode: "bearer", bearer: { token: "{{accessToken}}" } };
  writeFileSync(join(folder, "collection.bru"), jsonToCollectionBru({ meta: { type: "collection" }, auth }));
  const variables = [
    { name: "baseUrl", value: BASE, enabled: true, secret: false },
    { name: "accessToken", value: "", enabled: true, secret: true },
  ];
  writeFileSync(join(folder, "environments", "Local.bru"), envJsonToBruV2({ variables }));
  for (const tag of made.items) {
    mkdirSync(join(folder, tag.name), { recursive: true });
    tag.items.forEach((item, place) => {
      writeFileSync(join(folder, tag.name, `${item.name}.bru`), bruOf(item, place + 1));
    });
  }
}

/** One request in Bruno's own language. */
function bruOf({ name, request }, seq) {
  const { method, url, params, headers, body, auth } = request;
  return jsonToBruV2({
    meta: { name, type: "http", seq },
    http: { method: method.toLowerCase(), url, body: body.mode, auth: auth.mode },
    params,
    headers,
    body: { json: body.json ?? undefined },
    docs: request.docs,
  });
}

const [source, target] = process.argv.slice(2);
const document = prepared(JSON.parse(readFileSync(source, "utf8")));
for (const name of ["postman", "bruno"]) mkdirSync(join(target, name), { recursive: true });
postman(document, join(target, "postman"));
await bruno(document, join(target, "bruno"));
