import { type Permission, permissions } from '../authorization/permissions.js';
import type { Query } from '../procedure-types.js';
import { authenticatedProcedure } from '../trpc.js';

/** Who calls, and what they may do. */
export interface Whoami {
  /** `iss` of the access token. */
  issuer: string;
  /** `sub` of the access token. */
  subject: string;
  /** `client_id` of the access token. */
  clientId: string;
  /** Those permissions of this BFF that the caller holds. */
  permissions: Permission[];
  /** When the access token expires, in epoch milliseconds. */
  expiresAt: number;
}

/** The caller's own session. */
export const session = {
  /** Tells who calls, and what they may do. */
  whoami: authenticatedProcedure.query(
    undefined,
    ({ ctx: { caller } }): Whoami => ({
      issuer: caller.issuer,
      subject: caller.subject,
      clientId: caller.clientId,
      permissions: permissions.filter((permission) => caller.permissions.includes(permission)),
      expiresAt: caller.expiresAt,
    }),
  ) as unknown as Query<Record<never, never>, Whoami>,
};
