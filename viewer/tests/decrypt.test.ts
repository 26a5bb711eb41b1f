import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";
import { test } from "node:test";
import { decrypt, importKey, UnreadableFile, WrongKey } from "../src/decrypt.ts";

const HEADER = { alg: "dir", enc: "A256GCM", cty: "application/fhir+json" };

function seal(text: string, key: Buffer, header: object = HEADER): string {
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString("base64url");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(protectedHeader));
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const parts = [iv, body, cipher.getAuthTag()].map((part) => part.toString("base64url"));
  return `${protectedHeader}..${parts.join(".")}`;
}

async function opened(jwe: string, key: Buffer): Promise<string> {
  const plain = await decrypt(jwe, await importKey(new Uint8Array(key)));
  return new TextDecoder().decode(plain);
}

test("what another implementation sealed is opened", async () => {
  const key = randomBytes(32);
  assert.equal(await opened(seal('{"a":"\u00e9"}', key), key), '{"a":"\u00e9"}');
  assert.equal(await opened(seal("", key), key), "");
});

test("the key cannot be read out again and its bytes are overwritten", async () => {
  const bytes = new Uint8Array(randomBytes(32));
  const key = await importKey(bytes);
  assert.equal(key.extractable, false);
  assert.deepEqual(key.usages, ["decrypt"]);
  assert.deepEqual([...bytes], Array(32).fill(0));
});

test("another key does not open", async () => {
  await assert.rejects(opened(seal("text", randomBytes(32)), randomBytes(32)), WrongKey);
});

test("a changed file does not open", async () => {
  const key = randomBytes(32);
  const parts = seal("text of some length", key).split(".");
  parts[3] = (parts[3]?.startsWith("A") ? "B" : "A") + parts[3]?.slice(1);
  await assert.rejects(opened(parts.join("."), key), WrongKey);
});

test("other algorithms, compression and other shapes are refused", async () => {
  const key = randomBytes(32);
  const headers = [
    { ...HEADER, alg: "RSA-OAEP" },
    { ...HEADER, enc: "A128GCM" },
    { ...HEADER, zip: "DEF" },
    { ...HEADER, crit: ["exp"] },
  ];
  for (const header of headers) {
    await assert.rejects(opened(seal("text", key, header), key), UnreadableFile);
  }
  const [header, , iv, body, tag] = seal("text", key).split(".");
  const shapes = [
    "",
    "not a file",
    `${header}.wrapped.${iv}.${body}.${tag}`,
    `${header}..${iv}.${body}`,
    `${header}..${iv}.${body}.${tag}.${tag}`,
    `${header}..${iv}.${body}.${tag?.slice(0, 16)}`,
    `${header}..AAAA.${body}.${tag}`,
  ];
  for (const shape of shapes) await assert.rejects(opened(shape, key), UnreadableFile, shape);
});
