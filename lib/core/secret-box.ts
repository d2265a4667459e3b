import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

export type MasterKey = { id: string; key: Buffer };

/**
 * Encrypts a secret with AES-256-GCM under the first master key. `context` (workspace and name) is authenticated, so
 * that a stored value cannot be moved to another place. Result: `keyId:base64(iv|tag|ciphertext)`.
 */
export function sealSecret(keys: MasterKey[], context: string, plain: string): string {
  const first = keys[0];
  if (!first) throw new Error("REPRISE_MASTER_KEYS contains no key");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", first.key, iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return `${first.id}:${Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64")}`;
}

/** The reverse of sealSecret; throws for an unknown key, or a changed value or context. */
export function openSecret(keys: MasterKey[], context: string, sealed: string): string {
  const [id, data] = sealed.split(":");
  const key = keys.find((candidate) => candidate.id === id);
  if (!key || !data) throw new Error(`no master key with id ${id}`);
  const bytes = Buffer.from(data, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key.key, bytes.subarray(0, 12))
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

/** The same secret sealed under the first key; for the rotation of master keys. Throws as openSecret does. */
export function resealed(keys: MasterKey[], context: string, sealed: string): string {
  return sealSecret(keys, context, openSecret(keys, context, sealed));
}

/** Where sealed values of one kind are stored. A value's context also names its place, and sorts the places. */
export type SealedStore = {
  name: string;
  /** Up to `limit` values that are not sealed under that key, after the place `after`. */
  notUnder(keyId: string, after: string, limit: number): Promise<SealedValue[]>;
  /** Writes the fresh value unless the old one has been replaced meanwhile. */
  replace(value: SealedValue, fresh: string): Promise<void>;
};
type SealedValue = { context: string; sealed: string };
