import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client';
import type { AppRouter } from './router-types.js';

/** The typed client: one function for each procedure, such as `client.users.get.query({ userId })`. */
export type UsersClient = TRPCClient<AppRouter>;

/** How to reach the BFF. */
export interface UsersClientOptions {
  /** URL of the BFF's tRPC endpoint, such as `https://users-bff.example.com/trpc`. */
  url: string;
  /** The caller's access token. Asked for before every request. */
  getAccessToken: () => string | Promise<string>;
  /** Calls in one HTTP request; no more than the server's `MAX_BATCH_SIZE`. Default 20. */
  maxBatchSize?: number;
}

/** The server's identity transformer: it keeps the types of results, and changes no byte on the wire. */
const transformer = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };

/**
 * Makes a client of the BFF. Calls of one tick go in one HTTP request. Queries go by POST, so that personal data stays
 * out of URLs and access logs. Calls reject with a `TRPCClientError`: narrow it with {@link isUsersError}.
 */
export const createUsersClient = ({ url, getAccessToken, maxBatchSize = 20 }: UsersClientOptions): UsersClient =>
  createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url,
        transformer,
        maxItems: maxBatchSize,
        methodOverride: 'POST',
        headers: async () => ({ authorization: `Bearer ${await getAccessToken()}` }),
      }),
    ],
  });
