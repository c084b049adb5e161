import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createSecrets } from '../schema/secrets.js';
import type { Call, Endpoint } from './send.js';
import { curl, reactQuery, typescript } from './snippets.js';

const secrets = createSecrets('password');
const endpoint: Endpoint = {
  url: 'http://127.0.0.1:3000/trpc',
  queriesBy: 'POST',
  transformer: 'none',
  headers: { authorization: 'Bearer the-token', 'x-tenant': 'acme' },
};
const client = { typescript: "const client = create('{url}');", reactQuery: 'const trpc = useTRPC();' };
const call: Call = {
  path: 'users.update',
  kind: 'mutation',
  input: { name: 'O\'Hara "x"\n$HOME `id` \\', password: 'hunter2', 'odd key': [1, null, { a: true }] },
  schema: undefined,
};

describe('code of a call', () => {
  it('curl passes exactly the input, whatever is in it', () => {
    const said = curl(call, endpoint, secrets, true);
    const echoed = execFileSync('sh', ['-c', said.replace(/^curl /, 'printf "%s\\n" ')], {
      encoding: 'utf8',
      env: { TOKEN: 'mine', X_TENANT: 'me' },
    });
    expect(echoed).toContain('Authorization: Bearer mine');
    expect(echoed).toContain('x-tenant: me');
    expect(echoed).toContain(JSON.stringify({ ...(call.input as object), password: '<password>' }));
    expect(said).not.toMatch(/hunter2|the-token|acme/);
  });

  it('TypeScript means exactly the input', () => {
    const said = typescript(call, endpoint, secrets, client);
    expect(said).toContain("create('http://127.0.0.1:3000/trpc')");
    const [, literal = ''] = /mutate\(([\s\S]*)\);$/.exec(said) ?? [];
    expect(Function(`return ${literal}`)()).toEqual({ ...(call.input as object), password: '<password>' });
  });

  it('a query by GET has its input in the address', () => {
    const query: Call = { ...call, path: 'users.get', kind: 'query', input: { id: 'a b' } };
    expect(curl(query, { ...endpoint, queriesBy: 'GET', headers: {} }, secrets, false)).toBe(
      "curl 'http://127.0.0.1:3000/trpc/users.get?input=%7B%22id%22%3A%22a%20b%22%7D'",
    );
  });

  it('React Query has a hook for each kind', () => {
    expect(reactQuery({ ...call, kind: 'query', input: undefined }, secrets, client)).toContain(
      'useQuery(trpc.users.update.queryOptions())',
    );
    expect(reactQuery({ ...call, path: 'users.delete' }, secrets, client)).toContain('const mutation = useMutation(');
    expect(reactQuery({ ...call, kind: 'subscription' }, secrets, client)).toContain('useSubscription(');
  });
});
