import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { core } from 'zod';
import {
  createLogtoUsersClient,
  LogtoApiError,
  LogtoResponseError,
  type LogtoUsersClient,
  operations,
} from '../src/index.js';
import type { Operation } from '../src/operation.js';
import { inexpressible } from './inexpressible.js';
import { type Recording, recordings } from './recordings.js';
import { operationName, toInput } from './to-input.js';

const table = operations as unknown as Record<string, Operation<unknown, unknown>>;
const usersApi = recordings.filter(({ operation }) => operation !== 'oidc_token');
const title = ({ operation, case: name }: Recording) => `${operation}: ${name}`;

const reasonAgainst = (recording: Recording): string | undefined => {
  const converted = toInput(recording);
  if ('inexpressible' in converted) return converted.inexpressible;
  const operation = table[operationName(recording)] as Operation<unknown, unknown>;
  const parsed = core.safeParse(operation.input, converted.input);
  return parsed.success
    ? undefined
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)[0];
};

const expressible = usersApi.filter((recording) => reasonAgainst(recording) === undefined);

interface Received {
  method: string | undefined;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

let answer: Recording['response'];
let received: Received[] = [];
let client: LogtoUsersClient;

const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  received.push({
    method: request.method,
    url: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  });
  response.writeHead(answer.status, answer.headers);
  const text = (answer.body as { $text?: string } | null)?.$text;
  response.end(answer.body === undefined || answer.status === 204 ? undefined : (text ?? JSON.stringify(answer.body)));
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = createLogtoUsersClient({ endpoint: `http://127.0.0.1:${port}`, getAccessToken: () => 'a-token' });
});

afterAll(async () => {
  await client.close();
  server.close();
});

const sortedQuery = (url: string): string[] => [...new URL(url, 'http://x').searchParams].map(String).sort();

describe('the recorded exchanges', () => {
  it('are expressed by typed input, but for those that are listed with a reason', () => {
    const found = usersApi.flatMap((recording) => {
      const reason = reasonAgainst(recording);
      return reason === undefined ? [] : [`${title(recording)} | ${reason}`];
    });
    expect(found).toEqual(inexpressible);
  });

  it.each(expressible.map((recording) => [title(recording), recording] as const))(
    '%s: sent and read as recorded',
    async (_, recording) => {
      const converted = toInput(recording) as { input: unknown };
      const operation = table[operationName(recording)] as Operation<unknown, unknown>;
      answer = recording.response;
      received = [];
      const call = (client as unknown as Record<string, (input: unknown) => Promise<unknown>>)[operation.name]!(
        converted.input,
      );
      const outcome = await call.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );

      const [sent] = received;
      expect(received).toHaveLength(1);
      expect(sent?.method).toBe(recording.request.method);
      expect(sent?.url.split('?')[0]).toBe(recording.request.path.split('?')[0]);
      const normalised = recording.request.path
        .replace('search.primary_email', 'search.primaryEmail')
        .replace('includeSsoIdentities=1', 'includeSsoIdentities=true');
      expect(sortedQuery(sent?.url ?? '')).toEqual(sortedQuery(normalised));
      expect(sent?.body ? JSON.parse(sent.body) : undefined).toEqual(recording.request.body);
      expect(sent?.headers.authorization).toBe('Bearer a-token');

      const { status, body, headers } = recording.response;
      const refusal = body as { code?: string; message?: string; data?: unknown };
      if (status >= 400 && typeof refusal.message === 'string') {
        expect(outcome).toHaveProperty('error', expect.any(LogtoApiError));
        const { details: _details, ...said } = body as Record<string, unknown>;
        expect((outcome as { error: LogtoApiError }).error.refusal).toEqual({ status, ...said });
      } else if (status >= 300) {
        expect(outcome).toHaveProperty('error', expect.any(LogtoResponseError));
      } else if (operation.paged) {
        const page = (converted.input as { page?: number }).page ?? 1;
        const pageSize = (converted.input as { pageSize?: number }).pageSize ?? 20;
        const totalCount = Number(headers['total-number']);
        const next = page * pageSize < totalCount ? { nextCursor: page + 1 } : {};
        expect(outcome).toEqual({ value: { items: body, totalCount, page, pageSize, ...next } });
      } else {
        expect(outcome).toEqual({ value: status === 204 ? undefined : body });
      }
    },
  );
});

const recordedCodes = new Set(
  usersApi.map(({ response }) => (response.body as { code?: string } | null | undefined)?.code),
);

describe('the table of operations', () => {
  it.each(Object.values(table).map((operation) => [operation.name, operation] as const))(
    '%s has a recorded success, and lists no refusal that was never met',
    (name, operation) => {
      const own = usersApi.filter((recording) => operationName(recording) === name);
      expect(own.some(({ response }) => response.status < 300)).toBe(true);
      expect(operation.errors.filter((code) => !recordedCodes.has(code))).toEqual([]);
    },
  );
});
