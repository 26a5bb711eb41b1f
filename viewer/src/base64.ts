/** Base64 and base64url to bytes and text. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of standard base64, white space allowed. Throws on anything else. */
export function bytesFromBase64(text: string): Bytes {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Bytes of unpadded base64url. Throws on padding, blanks and foreign characters. */
export function bytesFromBase64url(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new TypeError("not base64url");
  }
  return bytesFromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}

/** UTF-8 text; throws where the bytes are none. */
export function textFromBytes(bytes: Bytes): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
