import { isUsersError } from '@users-bff/trpc-client';

const words: Readonly<Record<string, string>> = {
  UNAUTHORIZED: 'Your sign-in has ended. Sign in again.',
  FORBIDDEN: 'You may not do this.',
  NOT_FOUND: 'This user does not exist any more.',
  TOO_MANY_REQUESTS: 'Too many calls in a short time. Wait a moment.',
  BAD_GATEWAY: 'Logto has a problem. Try again later.',
  SERVICE_UNAVAILABLE: 'Logto cannot be reached. Try again later.',
  GATEWAY_TIMEOUT: 'Logto took too long. Try again later.',
  INTERNAL_SERVER_ERROR: 'Something broke in the server.',
};

/** What went wrong, for people. */
export const explain = (error: unknown): string => {
  if (!isUsersError(error)) return 'The server cannot be reached.';
  const { code, requestId, logto } = error.data;
  const said = logto && logto.status < 500 && code !== 'NOT_FOUND' ? logto.message : (words[code] ?? error.message);
  return code === 'INTERNAL_SERVER_ERROR' ? `${said} Tell support: ${requestId}.` : said;
};
