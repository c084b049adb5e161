import { createHash } from 'node:crypto';

/** Tokens that the API refused and that may still lie in the store, by their fingerprints. */
export interface RefusedTokens {
  add(accessToken: string): void;
  has(accessToken: string): boolean;
  delete(accessToken: string): void;
}

/** More than one only where tokens are refused faster than they are replaced. */
const KEPT = 8;

const fingerprint = (accessToken: string): string => createHash('sha256').update(accessToken).digest('base64');

/** Makes an empty list. It keeps the latest. */
export const createRefusedTokens = (): RefusedTokens => {
  const refused = new Set<string>();
  return {
    add(accessToken) {
      refused.add(fingerprint(accessToken));
      for (const oldest of refused) {
        if (refused.size <= KEPT) break;
        refused.delete(oldest);
      }
    },
    has: (accessToken) => refused.size > 0 && refused.has(fingerprint(accessToken)),
    delete: (accessToken) => void (refused.size > 0 && refused.delete(fingerprint(accessToken))),
  };
};
