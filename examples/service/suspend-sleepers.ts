// Suspends users who have not signed in for a year. Run it with `--dry-run` first.
import { createTokenCache } from '@users-bff/token-cache';
import { createUsersClient, isUsersError, listAllUsers } from '@users-bff/trpc-client';

const { BFF_URL, ISSUER, CLIENT_ID, CLIENT_SECRET, AUDIENCE } = process.env as Record<string, string>;
const isDryRun = process.argv.includes('--dry-run');
const YEAR_MS = 365 * 86_400_000;

const tokens = createTokenCache({
  issuer: ISSUER ?? '',
  clientId: CLIENT_ID ?? '',
  clientAuthentication: { method: 'client_secret_basic', clientSecret: CLIENT_SECRET ?? '' },
  resource: AUDIENCE ?? '',
  scope: 'users:read users:write',
});
const client = createUsersClient({ url: `${BFF_URL}/trpc`, getAccessToken: tokens.getToken });

let suspended = 0;
try {
  for await (const { id, isSuspended, lastSignInAt } of listAllUsers(client)) {
    if (isSuspended || lastSignInAt === null || lastSignInAt > Date.now() - YEAR_MS) continue;
    if (!isDryRun) await client.users.suspension.update.mutate({ userId: id, isSuspended: true });
    suspended += 1;
  }
  process.stdout.write(`${suspended} users ${isDryRun ? 'would be' : 'were'} suspended\n`);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(isUsersError(error) ? `${error.message} (request ${error.data.requestId})\n` : `${error}\n`);
} finally {
  await tokens.close();
}
