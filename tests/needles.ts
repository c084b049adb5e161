import { managementApplication, type Sandbox, SEED_PASSWORD } from '@users-bff/logto-sandbox';

const SECRET_FIELD = /"(?:password|secret|passwordDigest|primaryEmail)":"((?:[^"\\]|\\.){6,})"/g;

/** What every call of this process sent as a password, a secret or an e-mail address. */
const sent = new Set<string>();

/** What callers were told when nothing but an error came back. */
const errors: string[] = [];

const { fetch } = globalThis;
globalThis.fetch = async (input, init) => {
  if (typeof init?.body === 'string') {
    for (const [, value = ''] of init.body.matchAll(SECRET_FIELD)) sent.add(JSON.parse(`"${value}"`));
  }
  const response = await fetch(input, init);
  if (response.status >= 400 && String(input).includes('/trpc/')) {
    response
      .clone()
      .text()
      .then((text) => errors.push(text))
      .catch(() => {});
  }
  return response;
};

/** Error answers since the last time this was asked. */
export const errorAnswers = (): string => errors.splice(0).join('\n');

const storedIn = ({ store }: Sandbox): string[] => [
  ...[...store.users.values()].flatMap(({ primaryEmail, primaryPhone, mfaVerifications }) => [
    primaryEmail ?? '',
    primaryPhone ?? '',
    ...mfaVerifications.flatMap(({ secret, codes }) => [secret ?? '', ...(codes ?? []).map(({ code }) => code)]),
  ]),
  ...store.tokens.map(({ value }) => value),
];

/**
 * Which secrets of a world a text holds, cut short.
 *
 * @param isSentCounted Whether what callers sent counts too; not where they sent anything as anything.
 */
export const leaksIn = (text: string, sandbox: Sandbox, isSentCounted: boolean): string[] => {
  const fixed = [managementApplication.clientSecret, 'caller-secret', SEED_PASSWORD, 'eyJ'];
  const needles = [...fixed, ...storedIn(sandbox), ...(isSentCounted ? sent : [])];
  // Ones like 0000000000 are found in anything.
  const isTelling = (needle: string) => new Set(needle).size > 2;
  return needles.filter((needle) => isTelling(needle) && text.includes(needle)).map((needle) => needle.slice(0, 12));
};
