/** Who calls: what a verified access token says. */
export interface Caller {
  /** `iss`: who says so. */
  readonly issuer: string;
  /** `sub`: a user's id, or the client's where it calls for itself. */
  readonly subject: string;
  /** `client_id`: the application that the token was issued to. */
  readonly clientId: string;
  /** A client that calls for itself has its own id as subject (RFC 9068, section 2.2). */
  readonly kind: 'person' | 'machine';
  /** The subject is one of the users that this server manages. */
  readonly isManagedUser: boolean;
  /** What the caller may do, by the scopes and roles of the token. */
  readonly permissions: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** When the person signed in last, in epoch seconds (RFC 9068, section 2.2.1). */
  readonly authTime: number | undefined;
  /** How the person signed in: the authentication context class. */
  readonly acr: string | undefined;
  /** Thumbprint of the key that whoever presents the token must hold (RFC 9449, section 6.1). */
  readonly keyThumbprint: string | undefined;
}

/** A caller is remembered with its token, and asked for its name with each call. */
const keys = new WeakMap<Caller, string>();

/** One name for a caller, however many tokens it has: no two callers share one. */
export const callerKey = (caller: Caller): string => {
  const known = keys.get(caller);
  if (known !== undefined) return known;
  const key = JSON.stringify([caller.issuer, caller.clientId, caller.subject]);
  keys.set(caller, key);
  return key;
};
