import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  MANAGEMENT_API,
  managementApplication,
  newUser,
  powerlessApplication,
  type RoleRecord,
  type Sandbox,
  startSandbox,
} from '../src/index.js';
import { type Answer, api, basic, getToken, raw } from './world.js';

interface Recording {
  operation: string;
  case: string;
  request: { method: string; path: string; body?: unknown; raw?: string; headers?: Record<string, string> };
  response: { status: number; headers: Record<string, string>; body?: unknown };
}

const recordings: Recording[] = readFileSync(new URL('../../../fixtures/recordings.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recording);

const ROLE_ONE = 'cajmewjehudiqw3ax0c1l';
const OTHER_API = 'https://other-hi0bb2.example/api';

let sandbox: Sandbox;
let token: string;
let powerless: string;
let foreign: string;

/** What the recorded ids are called here. */
const ids = new Map<string, string>();

const role = (id: string, name: string, description: string, type: RoleRecord['type'] = 'User'): void => {
  sandbox.store.roles.set(id, { id, name, description, type, isDefault: false, permissions: {} });
};

beforeAll(async () => {
  sandbox = await startSandbox({
    port: 0,
    users: 0,
    announce: () => {},
    resources: [{ indicator: OTHER_API, scopes: [] }],
  });
  token = await getToken(sandbox);
  powerless = await getToken(sandbox, powerlessApplication);
  foreign = await getToken(sandbox, managementApplication, OTHER_API);
  role(ROLE_ONE, 'r1_hi0bb2', 'one');
  role('nu3b8w34ffkzq97of4x5m', 'r2_hi0bb2', 'two');
  role('e6qekjyi1k0yi24nublm6', 'm_hi0bb2', 'machine', 'MachineToMachine');
  sandbox.store.connectors.set('qtda90ipto17', { id: 'qtda90ipto17', target: 'mock-social', isSocial: true });
  sandbox.store.connectors.set('s5c76iqsb03z', { id: 's5c76iqsb03z', target: 'email', isSocial: false });
  sandbox.store.organizations.set('n68rlml0saov', {
    id: 'n68rlml0saov',
    name: 'o_hi0bb2',
    description: null,
    createdAt: Date.now(),
    members: new Map(),
  });
});

afterAll(() => sandbox.close());

const setPassword = (id: string, password: string): Promise<Answer> =>
  api(sandbox, token, 'PATCH', `/api/users/${id}/password`, { password });

/** What was done between the recorded requests, by other APIs or in the database. */
const prepare = async (recording: Recording): Promise<void> => {
  const [, id = ''] = /^\/api\/users\/([a-z0-9]{12})/.exec(recording.request.path) ?? [];
  const isMadeElsewhere = ['m05yjtsnrql6', 'lgt6izhlgvmk', 't6jbaqeyedsx', '6btk4ov0h3lx'].includes(id);
  if (isMadeElsewhere && !sandbox.store.users.has(id)) {
    sandbox.store.users.set(id, newUser({ id, roleIds: recording.case.startsWith('had one role') ? [ROLE_ONE] : [] }));
  }
  const user = sandbox.store.users.get(ids.get('4ijdw7l2qdk7') ?? '');
  const members = sandbox.store.organizations.get('n68rlml0saov')?.members;
  if (!user) return;
  switch (`${recording.operation}: ${recording.case}`) {
    case 'list_user_organizations: one without roles':
      members?.set(user.id, []);
      break;
    case 'list_user_organizations: one with a role':
      members?.set(user.id, [{ id: '43tv2crtbg4inbgu3u64q', name: 'or_hi0bb2' }]);
      break;
    case 'verify_user_password: match':
      await setPassword(user.id, 'n3w-horse');
      break;
    case 'assign_user_roles: same new id twice':
      user.roleIds = user.roleIds.filter((held) => held !== ROLE_ONE);
      break;
    case 'delete_user_role: remove':
      user.roleIds = [ROLE_ONE];
      break;
    case 'list_user_mfa_verifications: with a WebAuthn':
      user.mfaVerifications.push({
        id: 'wahi0bb2',
        type: 'WebAuthn',
        createdAt: '2026-01-01T00:00:00.000Z',
        lastUsedAt: '2026-02-01T00:00:00.000Z',
        agent: 'Mozilla/5.0',
        name: 'My key',
      });
      break;
    case 'get_user: signed in, suspended, from an application, with an SSO identity':
      Object.assign(user, { lastSignInAt: Date.now(), isSuspended: true, applicationId: 'mafonao0w2e9dffny0zrd' });
      user.ssoIdentities.push({
        tenantId: 'default',
        id: 'sihi0bb2',
        userId: user.id,
        issuer: 'https://idp.example',
        identityId: 'idphi0bb2',
        detail: { email: 'x@example.com' },
        createdAt: Date.now(),
        updatedAt: Date.now(),
        ssoConnectorId: 'ssohi0bb2',
      });
      break;
  }
};

const AUTHORIZATION: Record<string, () => string | undefined> = {
  'no token': () => undefined,
  'no token (sweep)': () => undefined,
  'garbage token': () => 'Bearer garbage',
  'empty bearer': () => 'Bearer ',
  'basic auth': () => 'Basic YTpi',
  'lower case scheme': () => `bearer ${token}`,
  'token without scope all': () => `Bearer ${powerless}`,
  'token without scope all (sweep)': () => `Bearer ${powerless}`,
  'token for another resource': () => `Bearer ${foreign}`,
};

const { clientId, clientSecret } = managementApplication;

const CLIENT: Record<string, () => string> = {
  'wrong secret': () => basic(clientId, 'wrong'),
  'unknown client': () => basic('unknown', clientSecret),
  'application without the role': () => basic(powerlessApplication.clientId, powerlessApplication.clientSecret),
};

/** Ids and dates of the recording in today's words. */
const translate = (text: string): string => {
  let result = text;
  for (const [recorded, ours] of ids) result = result.replaceAll(recorded, ours);
  return result
    .replaceAll('mafonao0w2e9dffny0zrd', clientId)
    .replaceAll('<secret>', clientSecret)
    .replaceAll('1795529803833', String(Date.now() + 86_400_000))
    .replaceAll('30e-wKDBvbVwhiJY6MQ939tnZLkIGws', lastEtag.slice(1, -1));
};

let lastEtag = '';

const bodyOf = (recording: Recording): { type?: string; text?: string } => {
  const { body, raw: text } = recording.request;
  const form = (body as { $form?: Record<string, string> } | undefined)?.$form;
  if (recording.case === 'body over 1 MiB') {
    return { type: 'application/json', text: JSON.stringify({ customData: { x: 'y'.repeat(1_100_000) } }) };
  }
  if (form)
    return {
      type: 'application/x-www-form-urlencoded',
      text: new URLSearchParams(JSON.parse(translate(JSON.stringify(form)))).toString(),
    };
  if (text !== undefined) return { type: 'application/json', text };
  return body === undefined ? {} : { type: 'application/json', text: translate(JSON.stringify(body)) };
};

const send = (recording: Recording): Promise<Answer> => {
  const { method, path, headers, body } = recording.request;
  const { type, text } = bodyOf(recording);
  const isToken = recording.operation === 'oidc_token';
  const hasClient = !isToken || (body as { $basic?: string } | undefined)?.$basic || recording.case === 'JSON body';
  const authorization = isToken
    ? (CLIENT[recording.case] ?? (() => basic(clientId, clientSecret)))()
    : (AUTHORIZATION[recording.case] ?? (() => `Bearer ${token}`))();
  return raw(
    sandbox,
    method,
    translate(path),
    {
      ...(type && { 'content-type': type }),
      ...JSON.parse(translate(JSON.stringify(headers ?? {}))),
      ...(hasClient && authorization !== undefined && { authorization }),
    },
    text,
  );
};

/** The fields of a value with their types, and how long lists are. */
const shape = (value: unknown, key = ''): unknown => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.map((item) => shape(item));
  if (typeof value !== 'object') return typeof value;
  const isIssue = 'path' in value && 'code' in value;
  const entries = Object.entries(value)
    // The recordings leave out the prose of issues.
    .filter(([name]) => !(isIssue && name === 'message'))
    .map(([name, item]): [string, unknown] => [name, shape(item, name)]);
  return key === 'identities' ? Object.fromEntries(entries.sort()) : Object.fromEntries(entries);
};

const expectedShape = (body: unknown): unknown => {
  const text = (body as { $text?: string } | null | undefined)?.$text;
  if (text !== undefined || body === null || body === undefined) return 'string';
  return shape(body);
};

/** Where an answer of the sandbox may differ, and why. */
const exceptions: Record<string, { reason: string; adapt: (body: unknown) => unknown }> = {
  'get_user: token for another resource': {
    reason: 'the claims of the token were replaced by a text in the recording',
    adapt: (body) => {
      const { data, ...rest } = body as { data: Record<string, unknown> };
      return { ...rest, data: { ...data, payload: 'claims' } };
    },
  },
  'list_users: link keeps the search': {
    reason: 'the pattern matches ids too, and ids are random: another user may be the newest match',
    adapt: (body) => (body as { username: unknown }[]).map((user) => ({ ...user, username: 'anyone' })),
  },
};

/** Logto lists tokens in no order. */
const unordered = (recording: Recording, found: unknown): unknown =>
  recording.operation === 'list_user_personal_access_tokens' && Array.isArray(found)
    ? found.map((item) => JSON.stringify(item)).sort()
    : found;

const learnIds = (recording: Recording, answer: Answer): void => {
  if (typeof answer.headers['etag'] === 'string' && recording.operation === 'get_user')
    lastEtag = answer.headers['etag'];
  const was = recording.response.body;
  if (recording.operation === 'create_user' && answer.status === 200) {
    ids.set((was as { id: string }).id, (answer.body as { id: string }).id);
  }
  if (recording.operation === 'list_user_mfa_verifications' && Array.isArray(was) && Array.isArray(answer.body)) {
    for (const [index, item] of was.entries()) ids.set(item.id, answer.body[index]?.id);
  }
};

describe('the sandbox, asked what a real Logto was asked, in the same order', () => {
  it.each(
    recordings.map((recording, index) => [`${index} ${recording.operation}: ${recording.case}`, recording] as const),
  )('%s', async (_, recording) => {
    await prepare(recording);
    const answer = await send(recording);
    learnIds(recording, answer);
    const exception = exceptions[`${recording.operation}: ${recording.case}`];
    const code = (body: unknown) => (body as { code?: string } | null | undefined)?.code;

    expect(answer.status).toBe(recording.response.status);
    expect(code(answer.body)).toBe(code(recording.response.body));
    const found = shape(exception ? exception.adapt(answer.body) : answer.body);
    expect(unordered(recording, found)).toEqual(unordered(recording, expectedShape(recording.response.body)));
    for (const name of ['content-type', 'allow']) expect(answer.headers[name]).toBe(recording.response.headers[name]);
    for (const name of ['etag', 'total-number', 'link', 'www-authenticate']) {
      expect(name in answer.headers, name).toBe(name in recording.response.headers);
    }
  });
});

it('asks for the Management API by its well-known name', () => {
  expect(recordings[0]?.request.body).toMatchObject({ $form: { resource: MANAGEMENT_API } });
});
