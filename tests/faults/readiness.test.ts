import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { ReadinessReport } from '@users-bff/bff';
import { powerlessApplication } from '@users-bff/logto-sandbox';
import { describe, expect, it, vi } from 'vitest';
import { post } from '../e2e/procedures.js';
import { startWorld, type World } from '../world.js';

const readinessOf = async ({ server }: World): Promise<{ status: number; report: ReadinessReport }> => {
  const response = await fetch(`${server.url}/readyz`);
  return { status: response.status, report: (await response.json()) as ReadinessReport };
};

describe('/readyz', () => {
  it('names each part, how it is and since when', async () => {
    await using world = await startWorld();
    await world.client('users:read').users.list.query();
    const { status, report } = await readinessOf(world);
    expect(status).toBe(200);
    expect(report).toEqual({
      status: 'ready',
      checks: {
        token: { status: 'ok', required: true, ageSeconds: expect.any(Number) },
        keys: { status: 'ok', required: true, ageSeconds: expect.any(Number) },
        credential: { status: 'ok', required: false, ageSeconds: expect.any(Number) },
        logto: { status: 'unknown', required: false },
        audit: { status: 'unknown', required: false },
      },
    });
  });

  it('asks nobody, however often it is asked', async () => {
    await using world = await startWorld();
    world.sandbox.forgetRequests();
    for (let probe = 0; probe < 50; probe += 1) {
      await fetch(`${world.server.url}/readyz`);
      await fetch(`${world.server.url}/healthz`);
    }
    expect(world.sandbox.requests).toEqual([]);
  });

  it('stays ready through an outage of Logto, and says what is wrong', async () => {
    await using world = await startWorld();
    const token = await world.token('users:read');
    world.sandbox.failNext(Number.POSITIVE_INFINITY, { kind: 'status', status: 503 });
    for (let call = 0; call < 40; call += 1) await post(world.url, 'users.list', {}, token);
    const { status, report } = await readinessOf(world);
    expect(status).toBe(200);
    expect(report.checks['logto']).toMatchObject({ status: 'failing', detail: 'left alone after failures' });
  }, 60_000);

  it('is not ready without a token, and becomes so without a restart', async () => {
    await using world = await startWorld({
      before: (sandbox) => sandbox.failNext(2, { kind: 'status', status: 503 }, 'token'),
    });
    const { status, report } = await readinessOf(world);
    expect(status).toBe(503);
    expect(report.checks['token']).toMatchObject({ status: 'failing', required: true });
    await vi.waitFor(async () => expect((await readinessOf(world)).status).toBe(200), {
      timeout: 15_000,
      interval: 100,
    });
  }, 30_000);

  it('names an application that may not have the scope, and one whose secret is wrong', async () => {
    const { clientId, clientSecret } = powerlessApplication;
    for (const [environment, detail] of [
      [{ LOGTO_APP_ID: clientId, LOGTO_APP_SECRET: clientSecret }, /scope all was not granted/],
      [{ LOGTO_APP_SECRET: 'wrong' }, /invalid_client/],
    ] as const) {
      await using world = await startWorld({ environment });
      const { status, report } = await readinessOf(world);
      expect(status).toBe(503);
      expect(report.checks['token']).toMatchObject({ status: 'failing', detail: expect.stringMatching(detail) });
    }
  });
});

it('R18 a 403 from Logto is a fault of this server, costs no new token, and is told by /readyz', async () => {
  await using world = await startWorld();
  const token = await world.token('users:read');
  world.sandbox.forgetRequests();
  world.sandbox.failNext(1, { kind: 'status', status: 403, body: { code: 'auth.forbidden', message: 'm' } });
  const { error } = await post(world.url, 'users.list', {}, token);
  expect(error?.data.code).toBe('BAD_GATEWAY');
  expect(world.sandbox.tokenRequests).toEqual([]);
  expect(world.sandbox.apiRequests).toHaveLength(1);
  expect((await readinessOf(world)).report.checks['credential']).toMatchObject({
    status: 'failing',
    detail: "Logto does not let this server's application call",
  });
  await post(world.url, 'users.list', {}, token);
  expect((await readinessOf(world)).report.checks['credential']).toMatchObject({ status: 'ok' });
});

describe('R20 the keys of the issuer', () => {
  /** An issuer's keys behind a switch. */
  const startKeys = async (
    from: () => string,
  ): Promise<{ server: Server; uri: string; fail(isFailing: boolean): void }> => {
    let isFailing = true;
    const server = createServer(async (_request, response) => {
      if (isFailing) return void response.writeHead(500).end();
      const keys = await (await fetch(`${from()}/jwks`)).text();
      response.writeHead(200, { 'content-type': 'application/json' }).end(keys);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      server,
      uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
      fail(value) {
        isFailing = value;
      },
    };
  };

  it('being away at the start is 503 with a time to come back, never 401, and heals', async () => {
    let issuer = '';
    const keys = await startKeys(() => issuer);
    await using world = await startWorld({
      environment: { AUTH_JWKS_URI: keys.uri },
      before: (sandbox) => {
        issuer = sandbox.issuer;
      },
    });
    const token = await world.token('users:read');
    const { status, headers, error } = await post(world.url, 'users.list', {}, token);
    expect([status, error?.data.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const { status: readiness, report } = await readinessOf(world);
    expect(readiness).toBe(503);
    expect(report.checks['keys']).toMatchObject({ status: 'failing', required: true });
    keys.fail(false);
    await vi.waitFor(async () => expect((await post(world.url, 'users.list', {}, token)).status).toBe(200), {
      timeout: 15_000,
      interval: 200,
    });
    expect((await readinessOf(world)).status).toBe(200);
    // Away again, with keys in hand: nobody notices.
    keys.fail(true);
    await setTimeout(100);
    expect((await post(world.url, 'users.list', {}, token)).status).toBe(200);
    keys.server.closeAllConnections();
    keys.server.close();
  }, 30_000);
});
