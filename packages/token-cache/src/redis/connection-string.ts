/** A Redis, by one of its three forms. */
export interface RedisAddress {
  readonly kind: 'single' | 'cluster' | 'sentinel';
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly isEncrypted: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** Sentinel's name of the master. */
  readonly masterName: string | undefined;
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
}

/** What a connection string may look like. */
const FORMS =
  'redis://[user:password@]host[:port][/database], redis+cluster://host[:port],host[:port]... or ' +
  'redis+sentinel://host[:port],host[:port].../master[/database][?sentinelPassword=...]; over TLS by rediss instead of redis';

const SHAPE =
  /^(?<scheme>rediss?)(?:\+(?<kind>cluster|sentinel))?:\/\/(?:(?<credentials>[^@/?]*)@)?(?<hosts>[^@/?#]+)(?<path>\/[^?#]*)?(?<query>\?[^#]*)?$/;

const invalid = () => new TypeError(`a Redis URL must have one of the forms ${FORMS}`);

const node = (text: string, defaultPort: number) => {
  const authority = `http://${text}`;
  if (!URL.canParse(authority)) throw invalid();
  const { hostname, port } = new URL(authority);
  // Port 80 is the scheme's own, and left out.
  const isGiven = /:\d+$/.test(text);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: isGiven ? Number(port || 80) : defaultPort };
};

const decoded = (text: string | undefined): string | undefined => {
  try {
    return text ? decodeURIComponent(text) : undefined;
  } catch {
    throw invalid();
  }
};

/**
 * Reads a connection string.
 *
 * @throws TypeError that names the forms, and never the string, which holds a password.
 */
export const parseRedisUrl = (url: string): RedisAddress => {
  const { scheme, kind = 'single', credentials = '', hosts = '', path = '', query } = SHAPE.exec(url)?.groups ?? {};
  if (!scheme) throw invalid();
  const parts = path.split('/').slice(1).filter(Boolean);
  const masterName = kind === 'sentinel' ? decoded(parts.shift()) : undefined;
  const [database = '0', ...rest] = parts;
  const nodes = hosts.split(',').map((host) => node(host, kind === 'sentinel' ? 26_379 : 6_379));
  const isWrong =
    rest.length > 0 ||
    !/^\d{1,5}$/.test(database) ||
    (kind === 'single' && nodes.length > 1) ||
    (kind === 'cluster' && database !== '0') ||
    (kind === 'sentinel' && !masterName);
  if (isWrong) throw invalid();
  const colon = credentials.indexOf(':');
  const search = new URLSearchParams(query);
  return {
    kind: kind as RedisAddress['kind'],
    nodes,
    isEncrypted: scheme === 'rediss',
    username: decoded(colon < 0 ? credentials : credentials.slice(0, colon)),
    password: decoded(colon < 0 ? undefined : credentials.slice(colon + 1)),
    database: Number(database),
    masterName,
    sentinelUsername: search.get('sentinelUsername') ?? undefined,
    sentinelPassword: search.get('sentinelPassword') ?? undefined,
  };
};

/** Whether a connection string has one of the forms that `createRedisStore` takes. */
export const isRedisUrl = (url: string): boolean => {
  try {
    parseRedisUrl(url);
    return true;
  } catch {
    return false;
  }
};
