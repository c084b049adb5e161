import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MANAGEMENT_API, type Sandbox, type SandboxOptions, SEED_PASSWORD, startSandbox } from '../src/index.js';
import { api, getToken, raw } from './world.js';

/** Waits for what must come to be true, however busy the machine is. */
const eventually = (check: () => unknown) => vi.waitFor(check, 20_000);

const RESOURCE = 'https://bff.example';
const REDIRECT = 'http://127.0.0.1:9/callback';

const open: Sandbox[] = [];

const start = async (options: SandboxOptions = {}) => {
  const sandbox = await startSandbox({ port: 0, announce: () => {}, ...options });
  open.push(sandbox);
  return sandbox;
};

afterEach(async () => {
  for (const sandbox of open.splice(0)) await sandbox.close();
});

describe('a start', () => {
  it('says that it is a sandbox', async () => {
    const lines: string[] = [];
    await start({ announce: (line) => lines.push(line) });
    expect(lines.join()).toContain('SANDBOX');
  });

  it('seeds invented users with roles, organizations, identities, second factors and tokens', async () => {
    const { store } = await start();
    const users = [...store.users.values()];
    expect(users).toHaveLength(250);
    expect(new Set(users.map(({ username }) => username)).size).toBe(250);
    for (const has of [
      users.some(({ roleIds }) => roleIds.length > 0),
      users.some(({ identities }) => 'github' in identities),
      users.some(({ mfaVerifications }) => mfaVerifications.length > 1),
      users.some(({ isSuspended }) => isSuspended),
      [...store.organizations.values()].every(({ members }) => members.size > 0),
      store.tokens.length > 0,
    ]) {
      expect(has).toBe(true);
    }
  });

  it('from the command line prints what to set, and ends on Ctrl-C', async () => {
    const child = spawn(process.execPath, [
      new URL('../dist/cli.js', import.meta.url).pathname,
      '--port',
      '0',
      '--users',
      '5',
    ]);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('Ctrl-C')) child.kill('SIGINT');
    });
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(output).toContain('This is a SANDBOX');
    expect(output).toMatch(/LOGTO_ENDPOINT=http:\/\/127\.0\.0\.1:\d+/);
  });
});

describe('the issuer', () => {
  it('issues ES384 access tokens of type at+jwt that its JWKS verifies, with the granted scopes only', async () => {
    const machine = {
      kind: 'machine',
      clientId: 'm',
      clientSecret: 's',
      grants: { [RESOURCE]: ['users:read'] },
    } as const;
    const sandbox = await start({
      resources: [{ indicator: RESOURCE, scopes: ['users:read', 'users:write'] }],
      applications: [machine],
    });
    const token = await getToken(sandbox, machine, RESOURCE, 'users:read users:write');
    const keys = createRemoteJWKSet(new URL(`${sandbox.issuer}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: sandbox.issuer,
      audience: RESOURCE,
      typ: 'at+jwt',
    });
    expect(protectedHeader).toMatchObject({ alg: 'ES384', typ: 'at+jwt' });
    expect(payload).toMatchObject({ sub: 'm', client_id: 'm', scope: 'users:read' });
  });

  it('signs people in by authorization code with PKCE, with the scopes of their roles', async () => {
    const sandbox = await start({
      users: 10,
      resources: [{ indicator: RESOURCE, scopes: ['users:read', 'users:write', 'users:delete'] }],
      applications: [{ kind: 'public', clientId: 'spa', redirectUris: [REDIRECT] }],
    });
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const jar = new Map<string, string>();
    const visit = async (url: string, body?: string) => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, {
        redirect: 'manual',
        method: body === undefined ? 'GET' : 'POST',
        headers: { cookie, ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }) },
        ...(body !== undefined && { body }),
      });
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
        jar.set(name, value);
      }
      return response;
    };
    const next = (response: Response) => new URL(response.headers.get('location') ?? '', sandbox.endpoint).href;

    const query = new URLSearchParams({
      client_id: 'spa',
      response_type: 'code',
      redirect_uri: REDIRECT,
      resource: RESOURCE,
      state: 'st',
      scope: 'openid users:read users:delete',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const signIn = next(await visit(`${sandbox.issuer}/auth?${query}`));
    expect(await (await visit(signIn)).text()).toContain('Sandbox sign-in');
    const form = (password: string) => new URLSearchParams({ account: 'support', password }).toString();
    expect((await visit(signIn, form('wrong'))).status).toBe(422);
    const callback = new URL(next(await visit(next(await visit(signIn, form(SEED_PASSWORD))))));
    expect(callback.href).toContain(REDIRECT);
    const code = callback.searchParams.get('code') ?? '';
    const exchange = (code_verifier: string) =>
      fetch(`${sandbox.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: 'spa',
          code,
          redirect_uri: REDIRECT,
          resource: RESOURCE,
          code_verifier,
        }),
      });
    const { access_token } = (await (await exchange(verifier)).json()) as { access_token: string };
    const support = [...sandbox.store.users.values()].find(({ username }) => username === 'support');
    expect(decodeJwt(access_token)).toMatchObject({
      aud: RESOURCE,
      sub: support?.id,
      client_id: 'spa',
      scope: 'users:read',
    });
  });
});

describe('the controls', () => {
  it('count and list requests, token requests apart', async () => {
    const sandbox = await start({ users: 3 });
    const token = await getToken(sandbox);
    await api(sandbox, token, 'GET', '/api/users?page_size=1');
    expect(sandbox.tokenRequests).toHaveLength(1);
    expect(sandbox.apiRequests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /api/users?page_size=1']);
    sandbox.forgetRequests();
    expect(sandbox.requests).toEqual([]);
  });

  it('revoke the tokens issued so far, and shorten the life of later ones', async () => {
    const sandbox = await start({ users: 3 });
    const token = await getToken(sandbox);
    sandbox.revokeTokens();
    sandbox.accessTokenTtlSeconds = 7;
    expect((await api(sandbox, token, 'GET', '/api/users')).status).toBe(401);
    const later = await getToken(sandbox);
    expect((await api(sandbox, later, 'GET', '/api/users')).status).toBe(200);
    const { exp = 0, iat = 0 } = decodeJwt(later);
    expect(exp - iat).toBe(7);
  });

  it('rotate keys: old tokens hold as long as their key is known', async () => {
    const sandbox = await start({ users: 3 });
    const token = await getToken(sandbox);
    await sandbox.rotateKeys();
    expect((await api(sandbox, token, 'GET', '/api/users')).status).toBe(200);
    await sandbox.rotateKeys({ forget: true });
    expect((await api(sandbox, token, 'GET', '/api/users')).status).toBe(401);
  });

  it('fail the next calls as they are told, and then no more', async () => {
    const sandbox = await start({ users: 3 });
    const token = await getToken(sandbox);
    sandbox.failNext(1, { kind: 'status', status: 503, headers: { 'retry-after': '1' } });
    sandbox.failNext(1, { kind: 'garbage' });
    sandbox.failNext(1, { kind: 'reset' });
    sandbox.failNext(1, { kind: 'status', status: 500 }, 'token');
    const list = () => api(sandbox, token, 'GET', '/api/users');
    expect(await list()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    await expect(list()).rejects.toThrow(SyntaxError);
    await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await list()).status).toBe(200);
    expect((await raw(sandbox, 'POST', '/oidc/token')).status).toBe(500);
    sandbox.failNext(1_000, { kind: 'status', status: 500 });
    expect((await list()).status).toBe(500);
    sandbox.stopFailing();
    expect((await list()).status).toBe(200);
  });
});

describe("Logto's own faults", () => {
  const scene = async (dangers: boolean) => {
    const sandbox = await start({ users: 5, dangers });
    const token = await getToken(sandbox);
    const call = (method: string, path: string, body?: unknown) =>
      api(sandbox, token, method, `/api/users${path}`, body);
    const { body } = await call('POST', '', {});
    const roles = [...sandbox.store.roles.values()];
    const [one = ''] = roles.filter(({ type }) => type === 'User').map(({ id }) => id);
    const machine = roles.find(({ type }) => type === 'MachineToMachine')?.id ?? '';
    return { call, id: (body as { id: string }).id, one, machine };
  };

  it.each([
    [true, 0],
    [false, 1],
  ])('shown (%s): a refused replacement leaves %i of one role', async (dangers, left) => {
    const { call, id, one, machine } = await scene(dangers);
    await call('POST', `/${id}/roles`, { roleIds: [one] });
    expect(await call('PUT', `/${id}/roles`, { roleIds: [machine] })).toMatchObject({ status: 422 });
    expect((await call('GET', `/${id}/roles`)).body).toHaveLength(left);
  });

  it('a role search joined by or shows roles that the user does not hold', async () => {
    const { call, id } = await scene(true);
    const { body } = await call('GET', `/${id}/roles?search.name=customer&search.description=%25`);
    expect((body as unknown[]).length).toBeGreaterThan(0);
  });

  it('a name stored by code points breaks the user and every page that holds it', async () => {
    const { call } = await scene(true);
    const poisoned = await call('POST', '', { name: '😀'.repeat(100) });
    expect(poisoned.status).toBe(500);
    expect((await call('GET', '')).status).toBe(500);
  });

  it('of two TOTPs at once both succeed, and of many assignments of one role some break', async () => {
    const { call, one } = await scene(true);
    const newcomer = async () => ((await call('POST', '', {})).body as { id: string }).id;
    const statuses = async (count: number, path: string, body: unknown) =>
      (await Promise.all(Array.from({ length: count }, () => call('POST', path, body)))).map(({ status }) => status);

    // Who meets whom is up to the machine: a busy one may need another try.
    await eventually(async () => {
      expect(await statuses(2, `/${await newcomer()}/mfa-verifications`, { type: 'Totp' })).toEqual([200, 200]);
    });
    await eventually(async () => {
      const seen = new Set(await statuses(12, `/${await newcomer()}/roles`, { roleIds: [one] }));
      expect(seen).toEqual(new Set([201, 500]));
    });
  });

  it('a trailing slash is no other path: deleting a token named ".." would delete its user', async () => {
    const { call, id } = await scene(true);
    expect((await call('DELETE', `/${id}/`)).status).toBe(204);
  });
});

it('the newer routes of personal access tokens take the name in the body', async () => {
  const sandbox = await start({ users: 3 });
  const token = await getToken(sandbox);
  const { body } = await api(sandbox, token, 'POST', '/api/users', {});
  const tokens = `/api/users/${(body as { id: string }).id}/personal-access-tokens`;
  await api(sandbox, token, 'POST', tokens, { name: '..' });
  expect((await api(sandbox, token, 'PATCH', tokens, { currentName: '..', name: '.' })).status).toBe(200);
  expect((await api(sandbox, token, 'POST', `${tokens}/delete`, { name: '.' })).status).toBe(204);
  expect((await api(sandbox, token, 'GET', tokens)).body).toEqual([]);
});

it('has a token of the Management API for its audience', async () => {
  const sandbox = await start({ users: 3 });
  expect(decodeJwt(await getToken(sandbox)).aud).toBe(MANAGEMENT_API);
});
