import type { Recording } from './recordings.js';

/** Names of the method list that the recordings use, where they are not ours in snake_case. */
export const operationName = (recording: Recording): string =>
  recording.operation.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const matchOf = (mode: string, values: string[]): unknown => {
  const value = values.length > 1 ? values : values[0];
  return { [mode === 'similar_to' ? 'similarTo' : mode]: value };
};

const flag: Record<string, boolean> = { true: true, '1': true, false: false };

/** The typed input of a query, as the caller of the typed client would write it; `undefined` where nobody can. */
const fromQuery = (query: URLSearchParams): Record<string, unknown> | undefined => {
  const input: Record<string, unknown> = {};
  const search: Record<string, unknown> = {};
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key);
    const value = values[0] as string;
    if (key === 'page') input['page'] = Number(value || undefined);
    else if (key === 'page_size') input['pageSize'] = Number(value || undefined);
    else if (key === 'search') search['any'] = matchOf(query.get('mode') ?? 'like', values);
    else if (key.startsWith('search.')) {
      const field = key.slice('search.'.length);
      search[field] = matchOf(query.get(`mode.${field}`) ?? 'like', values);
    } else if (key === 'joint') search['joint'] = value;
    else if (key === 'isCaseSensitive') search['isCaseSensitive'] = flag[value] ?? value;
    else if (key === 'includeSsoIdentities') input[key] = flag[value] ?? value;
    else if (key === 'excludeRoleId') input[key] = value;
    else if (!key.startsWith('mode')) return undefined;
  }
  return Object.keys(search).length > 0 ? { ...input, search } : input;
};

const PATH = /^\/api\/users(?:\/([^/?]+)(?:\/([\w-]+)(?:\/([^/?]+))?)?)?$/;

const parameterOf: Record<string, string> = {
  roles: 'roleId',
  identities: 'target',
  'mfa-verifications': 'verificationId',
  'personal-access-tokens': 'name',
};

/** The typed input that asks for what was recorded, or why there is none. */
export const toInput = ({ request }: Recording): { input: unknown } | { inexpressible: string } => {
  const [path = '', query = ''] = request.path.split('?');
  const segments = PATH.exec(path);
  if (!segments) return { inexpressible: 'another path' };
  if (request.raw !== undefined) return { inexpressible: 'not a JSON object' };
  if (request.method === 'HEAD' || request.method === 'OPTIONS') return { inexpressible: `method ${request.method}` };
  if (request.headers?.['if-none-match']) return { inexpressible: 'conditional request' };

  let parameters: Record<string, unknown> = {};
  try {
    const [, user, room, item] = segments;
    if (user !== undefined) parameters['userId'] = decodeURIComponent(user);
    if (item !== undefined && room !== 'password')
      parameters[parameterOf[room as string] as string] = decodeURIComponent(item);
  } catch {
    return { inexpressible: 'no UTF-8 in the path' };
  }
  if (request.method === 'DELETE' && request.body !== undefined) return { inexpressible: 'DELETE with a body' };
  if (request.method === 'POST' && request.body === undefined) return { inexpressible: 'POST without a body' };

  const fields = fromQuery(new URLSearchParams(query));
  if (!fields) return { inexpressible: 'a query key that the typed input lacks' };
  const body = request.body as Record<string, unknown> | undefined;
  if (request.method === 'PUT' && segments[2] === 'identities') parameters['identity'] = body;
  else if (request.method === 'PATCH' && segments[2] === 'personal-access-tokens') {
    const { name: newName, ...rest } = body ?? {};
    parameters = { ...parameters, ...(newName !== undefined && { newName }), ...rest };
  } else parameters = { ...parameters, ...body };
  return { input: { ...parameters, ...fields } };
};
