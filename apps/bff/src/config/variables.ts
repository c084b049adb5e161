import { isRedisUrl } from '@users-bff/token-cache/redis';
import { z } from 'zod';

/** What a variable holds, and how to say what is wrong with it. */
export interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  /** What it must be, for the one who set it wrong. */
  readonly must: string;
  readonly example: string;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Whether a URL may be asked: https, or http where that is no danger. */
export const isUrl = (value: string, allowHttp: boolean): boolean => {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  const isEncrypted = protocol === 'https:' || (protocol === 'http:' && (allowHttp || LOOPBACK.test(hostname)));
  return isEncrypted && !username && !password && !search && !hash;
};

export const url = (example: string, allowHttp: boolean): Variable<string> => ({
  schema: z
    .string()
    .refine((value) => isUrl(value, allowHttp))
    .transform((value) => value.replace(/\/+$/, '')),
  must: 'must be an https URL (http for the loopback address alone) without credentials, query and fragment',
  example,
});

export const uri = (what: string, example: string): Variable<string> => ({
  schema: z.string().refine((value) => URL.canParse(value)),
  must: `must be ${what}, an absolute URI`,
  example,
});

export const text = (what: string, example: string): Variable<string> => ({
  schema: z.string().min(1),
  must: `must be ${what}`,
  example,
});

export const redisUrl: Variable<string> = {
  schema: z.string().refine(isRedisUrl),
  must: 'must be a Redis URL: redis://, redis+cluster:// or redis+sentinel://, over TLS rediss',
  example: 'rediss://:<password>@redis.example.com:6379',
};

const isEncryptionKey = (value: string): boolean =>
  /^[\w+/-]+={0,2}$/.test(value) && Buffer.from(value, 'base64').length === 32;

export const encryptionKeys: Variable<readonly string[]> = {
  schema: z
    .string()
    .transform((value) => value.split(',').map((key) => key.trim()))
    .refine((keys) => keys.every(isEncryptionKey)),
  must: 'must be 32 bytes in base64, as made by "openssl rand -base64 32"; several with commas between, the first of which seals',
  example: '<32 bytes in base64>',
};

export const integer = (what: string, min: number, max: number, example: string): Variable<number> => ({
  schema: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max),
  must: `must be ${what} from ${min} to ${max}`,
  example,
});

export const oneOf = <const T extends readonly [string, ...string[]]>(
  values: T,
  example: T[number],
): Variable<T[number]> => ({
  schema: z.enum(values) as unknown as z.ZodType<T[number], string>,
  must: `must be one of ${values.join(', ')}`,
  example,
});

/** Words with commas between. */
export const list = (what: string, item: RegExp, example: string): Variable<readonly string[]> => ({
  schema: z
    .string()
    .transform((value) => value.split(',').map((word) => word.trim()))
    .refine((words) => words.every((word) => item.test(word))),
  must: `must be ${what}, with commas between`,
  example,
});

/** `true` or `false`. */
export const flag: Variable<'true' | 'false'> = oneOf(['true', 'false'], 'true');
