import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { TokenStoreError } from '../errors.js';
import type { TokenStore } from './store.js';

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface EncryptionKey {
  /** Says which key opens a record, and nothing about the key. */
  readonly id: string;
  readonly bytes: Buffer;
}

const toKey = (text: string): EncryptionKey => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32) throw new TypeError('an encryption key must be 32 bytes in base64');
  return { id: createHash('sha256').update(VERSION).update(bytes).digest('hex').slice(0, 8), bytes };
};

/** The record is bound to its place: under another name it does not open. */
const bindTo = (name: string, id: string): Buffer => Buffer.from(JSON.stringify([VERSION, id, name]));

const seal = (key: EncryptionKey, name: string, text: string): string => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(bindTo(name, key.id));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${VERSION}.${key.id}.${sealed.toString('base64url')}`;
};

const open = (keys: readonly EncryptionKey[], name: string, record: string): string => {
  const [version, id, body = ''] = record.split('.');
  const key = keys.find((candidate) => candidate.id === id);
  if (version !== VERSION || !key) {
    throw new TokenStoreError('unreadable', 'the stored record is sealed by none of the encryption keys');
  }
  const sealed = Buffer.from(body, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(bindTo(name, key.id))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8');
    return text + decipher.final('utf8');
  } catch {
    throw new TokenStoreError('unreadable', 'the stored record has been tampered with');
  }
};

/**
 * Seals what goes into a store: AES-256-GCM (NIST SP 800-38D) with a random nonce, bound to the name it is stored
 * under. Stores that other processes can read must be wrapped in it; that of `createRedisStore` is.
 *
 * @param encryptionKeys 32 bytes each, in base64. The first one seals, all of them open: to rotate, put the new key
 * second everywhere, then first, and take away the old one an hour later.
 * @throws TypeError where there is no key, or one is not of 32 bytes.
 */
export const createEncryptedStore = (store: TokenStore, encryptionKeys: readonly string[]): TokenStore => {
  const keys = encryptionKeys.map(toKey);
  const [sealingKey] = keys;
  if (!sealingKey) throw new TypeError('encryptionKeys must hold a key of 32 bytes in base64');
  return {
    read: async (name) => {
      const stored = await store.read(name);
      return stored && { value: open(keys, name, stored.value), remainingMs: stored.remainingMs };
    },
    write: (name, value, ttlMs) => store.write(name, seal(sealingKey, name, value), ttlMs),
    lock: (name, owner, ttlMs) => store.lock(name, owner, ttlMs),
    unlock: (name, owner) => store.unlock(name, owner),
  };
};
