import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AUDIENCE, startWorld, type World } from '../world.js';

const script = fileURLToPath(new URL('../../examples/service/build/suspend-sleepers.js', import.meta.url));

const run = (world: World, ...args: string[]) =>
  promisify(execFile)(process.execPath, [script, ...args], {
    env: {
      PATH: process.env['PATH'],
      BFF_URL: world.server.url,
      ISSUER: world.sandbox.issuer,
      CLIENT_ID: 'caller',
      CLIENT_SECRET: 'caller-secret',
      AUDIENCE,
    },
  });

describe('the example of a service', () => {
  it('suspends who has not signed in for a year, and nobody on a dry run', async () => {
    await using world = await startWorld({ sandbox: { users: 40 } });
    const users = [...world.sandbox.store.users.values()];
    for (const [index, user] of users.entries()) {
      user.isSuspended = false;
      user.lastSignInAt = index % 4 === 0 ? 1 : Date.now();
    }
    const sleepers = users.filter(({ lastSignInAt }) => lastSignInAt === 1).length;
    expect((await run(world, '--dry-run')).stdout).toBe(`${sleepers} users would be suspended\n`);
    expect(users.some(({ isSuspended }) => isSuspended)).toBe(false);
    expect((await run(world)).stdout).toBe(`${sleepers} users were suspended\n`);
    expect(users.filter(({ isSuspended }) => isSuspended)).toHaveLength(sleepers);
  });
});
