import type { ClientCode } from '../../src/manifest.js';
import type { Secrets } from '../schema/secrets.js';
import { type Call, type Endpoint, toRequest } from './send.js';

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

const literal = (value: unknown, indent = ''): string => {
  const deeper = `${indent}  `;
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[${value.map((item) => literal(item, indent)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, child]) => child !== undefined);
    if (entries.length === 0) return '{}';
    const lines = entries.map(
      ([key, child]) => `${deeper}${IDENTIFIER.test(key) ? key : literal(key)}: ${literal(child, deeper)},`,
    );
    return `{\n${lines.join('\n')}\n${indent}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
};

const argument = (input: unknown): string => (input === undefined ? '' : literal(input));

/** The call for a shell. Its token is a variable, its secrets are their names. */
export const curl = (call: Call, endpoint: Endpoint, secrets: Secrets, hasToken: boolean): string => {
  const { url, method, body } = toRequest([{ ...call, input: secrets.masked(call.input) }], endpoint);
  const headers = Object.entries(endpoint.headers).filter(([name]) => name !== 'authorization');
  return [
    `curl ${quote(url)}`,
    ...(hasToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...headers.map(([name]) => `-H "${name}: $${name.toUpperCase().replaceAll(/\W/g, '_')}"`),
    ...(method === 'POST' ? ["-H 'Content-Type: application/json'"] : []),
    ...(body === undefined ? (method === 'POST' ? ['-X POST'] : []) : [`-d ${quote(body)}`]),
  ].join(' \\\n  ');
};

const FUNCTIONS = { query: 'query', mutation: 'mutate', subscription: 'subscribe' } as const;

/** The call by tRPC's client. */
export const typescript = (
  { path, kind, input }: Call,
  { url }: Pick<Endpoint, 'url'>,
  secrets: Secrets,
  client: ClientCode,
): string => {
  const given = argument(secrets.masked(input));
  const lines =
    kind === 'subscription'
      ? `client.${path}.subscribe(${given === '' ? 'undefined' : given}, { onData: console.log });`
      : `const result = await client.${path}.${FUNCTIONS[kind]}(${given});`;
  return `${client.typescript.replaceAll('{url}', url)}\n\n${lines}`;
};

/** The call as a hook of TanStack React Query (https://trpc.io/docs/client/tanstack-react-query/usage). */
export const reactQuery = ({ path, kind, input }: Call, secrets: Secrets, client: ClientCode): string => {
  const given = argument(secrets.masked(input));
  const name = path.split('.').at(-1) ?? 'call';
  switch (kind) {
    case 'query':
      return `${client.reactQuery}\nconst ${name} = useQuery(trpc.${path}.queryOptions(${given}));`;
    case 'mutation':
      return `${client.reactQuery}\nconst ${IDENTIFIER.test(name) && name !== 'delete' ? name : 'mutation'} = useMutation(trpc.${path}.mutationOptions());\n\n${IDENTIFIER.test(name) && name !== 'delete' ? name : 'mutation'}.mutate(${given});`;
    case 'subscription':
      return `${client.reactQuery}\nconst ${name} = useSubscription(trpc.${path}.subscriptionOptions(${given}));`;
  }
};
