import { expect, it } from 'vitest';
import { startWorld } from '../world.js';
import { post } from './procedures.js';

it('has one line a call: who, what, how it ended, and nothing that was sent or answered', async () => {
  await using world = await startWorld();
  const client = world.client();
  const secrets = {
    password: 'needle-password',
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    email: 'needle@example.com',
    name: 'needle-name',
  };
  const { id: userId } = await client.users.create.mutate({
    password: secrets.password,
    primaryEmail: secrets.email,
    name: secrets.name,
  });
  await client.users.password.verify.mutate({ userId, password: secrets.password });
  await client.users.password.verify.mutate({ userId, password: 'needle-wrong' }).catch(() => {});
  await client.users.mfaVerifications.create.mutate({ userId, type: 'Totp', secret: secrets.secret });
  const { codes } = (await client.users.mfaVerifications.create.mutate({ userId, type: 'BackupCode' })) as {
    codes: string[];
  };
  const { value } = await client.users.personalAccessTokens.create.mutate({ userId, name: 'needle-token' });
  await client.users.personalAccessTokens.list.query({ userId });
  await client.users.list.query({ search: { primaryEmail: { exact: secrets.email } } });
  await client.users.create.mutate({ primaryEmail: secrets.email }).catch(() => {});
  const reader = await world.token('users:read');
  await post(world.url, 'users.delete', { userId }, reader, { 'x-request-id': 'line-1' });
  await post(world.url, 'users.delete', { userId });
  await post(world.url, 'users.password.update', { userId: 'needle-id\nforged', password: { needle: 1 } }, reader);

  const lines = world.log.map((line) => JSON.parse(line));
  const calls = lines.filter(({ msg }) => msg === 'call');
  expect(calls.map(({ procedure, outcome, upstreamStatus }) => [procedure, outcome, upstreamStatus])).toEqual([
    ['users.create', 'ok', 200],
    ['users.password.verify', 'ok', 204],
    ['users.password.verify', 'UNPROCESSABLE_CONTENT', 422],
    ['users.mfaVerifications.create', 'ok', 200],
    ['users.mfaVerifications.create', 'ok', 200],
    ['users.personalAccessTokens.create', 'ok', 201],
    ['users.personalAccessTokens.list', 'ok', 200],
    ['users.list', 'ok', 200],
    ['users.create', 'UNPROCESSABLE_CONTENT', 422],
    ['users.delete', 'FORBIDDEN', undefined],
    ['users.password.update', 'FORBIDDEN', undefined],
  ]);
  expect(calls.find(({ requestId }) => requestId === 'line-1')).toMatchObject({
    subject: 'caller',
    clientId: 'caller',
    durationMs: expect.any(Number),
  });
  expect(calls[2]).toMatchObject({ logtoCode: 'session.invalid_credentials', logtoRequestId: expect.any(String) });
  expect(lines.find(({ msg }) => msg === 'caller refused')).toMatchObject({ failure: 'no_token' });

  const text = world.log.join('\n');
  for (const needle of ['needle', secrets.secret, value, ...codes, reader, 'secret-for-development', 'eyJ']) {
    expect(text).not.toContain(needle);
  }
});
