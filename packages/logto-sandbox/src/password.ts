import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';
import { argon2i, argon2Verify, bcryptVerify } from 'hash-wasm';

/** Small on purpose: a sandbox keeps no real password, and its users are made by the hundred. */
const ARGON2 = { parallelism: 1, iterations: 2, memorySize: 1024, hashLength: 32, outputType: 'encoded' } as const;

/** An Argon2i digest of a password, as Logto keeps new passwords. */
export const hashPassword = (password: string): Promise<string> =>
  argon2i({ ...ARGON2, password, salt: randomBytes(16) });

/** The parts of a `Legacy` digest: algorithm, arguments with `@` in place of the password, hash in hex. */
export const parseLegacy = (digest: string): { algorithm: string; args: string[]; hash: string } | undefined => {
  try {
    const [algorithm, args, hash] = JSON.parse(digest);
    const isValid =
      typeof algorithm === 'string' &&
      typeof hash === 'string' &&
      Array.isArray(args) &&
      args.every((arg) => typeof arg === 'string') &&
      args.includes('@');
    return isValid ? { algorithm, args, hash } : undefined;
  } catch {
    return undefined;
  }
};

const verifyLegacy = (password: string, digest: string): boolean => {
  const legacy = parseLegacy(digest);
  if (!legacy) throw new Error('malformed digest');
  const { algorithm, args, hash } = legacy;
  if (algorithm.startsWith('pbkdf2')) {
    const [salt = '', iterations, length, name = ''] = args;
    return pbkdf2Sync(password, salt, Number(iterations), Number(length), name).toString('hex') === hash;
  }
  const text = args.map((arg) => (arg === '@' ? password : arg)).join('');
  return createHash(algorithm).update(text).digest('hex') === hash;
};

/**
 * Whether a password is the one of a digest.
 *
 * @throws Error for a malformed digest: Logto does not look at one before it is used.
 */
export const verifyPassword = async (password: string, digest: string, algorithm: string): Promise<boolean> => {
  if (password === '') return false;
  switch (algorithm) {
    case 'MD5':
    case 'SHA1':
    case 'SHA256':
      return createHash(algorithm.toLowerCase()).update(password).digest('hex') === digest;
    case 'Bcrypt':
      return bcryptVerify({ password, hash: digest });
    case 'Legacy':
      return verifyLegacy(password, digest);
    default:
      return argon2Verify({ password, hash: digest });
  }
};
