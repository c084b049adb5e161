import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MANAGEMENT_API, managementApplication, type Sandbox, startSandbox } from '@users-bff/logto-sandbox';
import { afterEach, describe, expect, it, vi } from 'vitest';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** Waits for what must come to be true, however busy the machine is. */
const eventually = (check: () => unknown) => vi.waitFor(check, 20_000);

const AUDIENCE = 'https://users-bff.example';

interface Run {
  child: ChildProcess;
  output: () => string;
  until: (text: string | RegExp) => Promise<RegExpMatchArray>;
  exit: Promise<number | null>;
}

const children: ChildProcess[] = [];
let sandbox: Sandbox | undefined;

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await sandbox?.close();
  sandbox = undefined;
});

const run = (file: string, environment: Record<string, string>, flags: readonly string[] = []): Run => {
  const path = fileURLToPath(new URL(`../dist/${file}`, import.meta.url));
  const child = spawn(process.execPath, [...flags, path], { env: { PATH: process.env['PATH'], ...environment } });
  children.push(child);
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
      for (const listener of listeners) listener();
    });
  }
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const until = (wanted: string | RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = text.match(wanted);
        if (found) resolve(found);
      };
      listeners.add(look);
      look();
      void exit.then(() => reject(new Error(`ended before it said ${wanted}:\n${text}`)));
    });
  return { child, output: () => text, until, exit };
};

const environment = (logto: Sandbox): Record<string, string> => ({
  PORT: '0',
  LOGTO_ENDPOINT: logto.endpoint,
  LOGTO_APP_ID: managementApplication.clientId,
  LOGTO_APP_SECRET: managementApplication.clientSecret,
  LOGTO_RESOURCE: MANAGEMENT_API,
  AUTH_AUDIENCE: AUDIENCE,
});

const caller = {
  kind: 'machine',
  clientId: 'caller',
  clientSecret: 'secret',
  grants: { [AUDIENCE]: ['users:read', 'users:write'] },
} as const;

const startLogto = async (): Promise<Sandbox> => {
  sandbox = await startSandbox({
    port: 0,
    users: 10,
    announce: () => {},
    resources: [{ indicator: AUDIENCE, scopes: ['users:read', 'users:write'] }],
    applications: [caller],
  });
  return sandbox;
};

const tokenOf = async (logto: Sandbox): Promise<string> => {
  const response = await fetch(`${logto.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('caller:secret')}` },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      resource: AUDIENCE,
      scope: 'users:read users:write',
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
};

describe('the server process', () => {
  it('without configuration ends with one line for each variable', async () => {
    const { exit, output } = run('main.js', {});
    expect(await exit).toBe(1);
    const lines = output().trim().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines)
      expect(line).toMatch(
        /^(LOGTO_ENDPOINT|LOGTO_APP_ID|LOGTO_APP_SECRET|AUTH_AUDIENCE) is missing: it must be .*, for example /,
      );
  });

  it('in production has inbound authentication, and says once that Node.js 20 is past its life', async () => {
    const logto = await startLogto();
    const server = run('main.js', { ...environment(logto), NODE_ENV: 'production' });
    const [, url = ''] = await server.until(/"url":"([^"]+)"/);
    expect((await fetch(`${url}/trpc/users.list`)).status).toBe(401);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const warnings = server.output().split('past its end of life').length - 1;
    expect(warnings).toBe(process.version.startsWith('v20.') ? 1 : 0);
  });

  it('in production never starts the sandbox', async () => {
    const { exit, output } = run('dev.js', { NODE_ENV: 'production' });
    expect(await exit).toBe(1);
    expect(output()).toContain('NODE_ENV is production');
    expect(output()).not.toContain('SANDBOX at');
  });

  it('on SIGTERM finishes the calls in flight, takes no new ones, and ends with 0', async () => {
    const logto = await startLogto();
    const token = await tokenOf(logto);
    const server = run('main.js', environment(logto));
    const [, url = ''] = await server.until(/"url":"([^"]+)"/);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    await fetch(`${url}/trpc/users.list`, { headers });
    logto.latencyMs = 1_000;
    logto.forgetRequests();
    const query = fetch(`${url}/trpc/users.list`, { headers });
    const write = fetch(`${url}/trpc/users.create`, { method: 'POST', headers, body: '{"name":"Last"}' });
    await eventually(() => expect(logto.apiRequests).toHaveLength(2));
    server.child.kill('SIGTERM');
    await eventually(() => expect(fetch(`${url}/healthz`)).rejects.toThrow());
    expect((await query).status).toBe(200);
    expect((await write).status).toBe(200);
    expect(await server.exit).toBe(0);
    expect(server.output()).toContain('"stopped"');
  });

  it('runs where code is not made of strings, and __proto__ is out of use', async () => {
    const logto = await startLogto();
    const flags = ['--disallow-code-generation-from-strings', '--disable-proto=throw'];
    const server = run('main.js', environment(logto), flags);
    const [, url = ''] = await server.until(/"url":"(http:[^"]+)"/);
    const response = await fetch(`${url}/trpc/users.list`, {
      headers: { authorization: `Bearer ${await tokenOf(logto)}` },
    });
    expect(response.status).toBe(200);
  });

  it('shows its configuration at the start, and no secret', async () => {
    const logto = await startLogto();
    const server = run('main.js', environment(logto));
    await server.until('"msg":"listening"');
    expect(server.output()).toContain('"msg":"configuration"');
    expect(server.output()).not.toContain(managementApplication.clientSecret);
  });

  it('on SIGTERM ends with every act on record, once', async () => {
    const logto = await startLogto();
    const token = await tokenOf(logto);
    const folder = await mkdtemp(join(tmpdir(), 'audit-'));
    const file = join(folder, 'audit.jsonl');
    const server = run('main.js', { ...environment(logto), AUDIT_FILE: file });
    const [, url = ''] = await server.until(/"url":"(http:[^"]+)"/);
    logto.forgetRequests();
    logto.latencyMs = 500;
    const acts = Array.from({ length: 20 }, () =>
      fetch(`${url}/trpc/users.create`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      }),
    );
    await vi.waitFor(() => expect(logto.apiRequests).toHaveLength(20), 20_000);
    server.child.kill('SIGTERM');
    for (const response of await Promise.all(acts)) expect(response.status).toBe(200);
    expect(await server.exit).toBe(0);
    const records = (await readFile(file, 'utf8')).trim().split('\n');
    expect(records.map((line) => JSON.parse(line).outcome)).toEqual(Array(20).fill('succeeded'));
    expect(new Set(records.map((line) => JSON.parse(line).requestId)).size).toBe(20);
    await rm(folder, { recursive: true });
  });
});

describe('the development start', () => {
  it.skipIf(!hasCurl)(
    'runs the BFF against the sandbox, prints next steps that work as pasted, and ends on Ctrl-C (needs curl)',
    async () => {
      const dev = run('dev.js', { PORT: '0', SANDBOX_PORT: '0' });
      await dev.until('Press Ctrl-C');
      const commands = dev
        .output()
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => /^(curl|TOKEN=|READER=)/.test(line));
      expect(commands).toHaveLength(6);
      const shell = spawn('sh', ['-c', commands.map((command) => `${command}\necho`).join('\n')]);
      let text = '';
      shell.stdout.on('data', (chunk) => {
        text += chunk;
      });
      await once(shell, 'close');
      const [list, suspended, seen, refused] = text
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line));
      expect(list.result.data.items).toHaveLength(3);
      expect(suspended.result.data.isSuspended).toBe(true);
      expect(seen.result.data).toMatchObject({ id: suspended.result.data.id, isSuspended: true });
      expect(refused.error.data.code).toBe('FORBIDDEN');
      dev.child.kill('SIGINT');
      expect(await dev.exit).toBe(0);
    },
    30_000,
  );
});
