/** Compact JWE, direct key, AES-256-GCM, with the browser's own cryptography. */
import { type Bytes, bytesFromBase64url, textFromBytes } from "./base64.ts";

/** The file is none that this page reads. */
export class UnreadableFile extends Error {}

/** The key does not fit the file, or the file was changed on its way. */
export class WrongKey extends Error {}

/** A key that can decrypt and cannot be read out again; the given bytes are overwritten. */
export async function importKey(bytes: Bytes): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["decrypt"]);
  bytes.fill(0);
  return key;
}

/** The plain bytes of a compact JWE. Throws UnreadableFile or WrongKey. */
export async function decrypt(jwe: string, key: CryptoKey): Promise<Bytes> {
  const { protectedHeader, iv, sealed } = parts(jwe);
  try {
    const additionalData = new TextEncoder().encode(protectedHeader);
    const algorithm = { name: "AES-GCM", iv, additionalData, tagLength: 128 };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed));
  } catch {
    throw new WrongKey();
  }
}

function parts(jwe: string): { protectedHeader: string; iv: Bytes; sealed: Bytes } {
  try {
    const [protectedHeader, encryptedKey, iv, ciphertext, tag, ...rest] = jwe.trim().split(".");
    if (!protectedHeader || encryptedKey !== "" || !iv || !tag || rest.length) throw new Error();
    checkHeader(JSON.parse(textFromBytes(bytesFromBase64url(protectedHeader))));
    const body = bytesFromBase64url(ciphertext ?? "");
    const seal = bytesFromBase64url(tag);
    const nonce = bytesFromBase64url(iv);
    if (seal.length !== 16 || nonce.length !== 12) throw new Error();
    const sealed = new Uint8Array(body.length + seal.length);
    sealed.set(body);
    sealed.set(seal, body.length);
    return { protectedHeader, iv: nonce, sealed };
  } catch {
    throw new UnreadableFile();
  }
}

function checkHeader(header: Record<string, unknown>): void {
  const known = header["alg"] === "dir" && header["enc"] === "A256GCM";
  if (!known || "zip" in header || "crit" in header) throw new Error();
}
