import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEncryptedStore, createMemoryStore, type TokenStore } from '../../src/index.js';
import { createRedisStore, type RedisStoreOptions } from '../../src/redis/index.js';
import { eventually, failure, newKey } from '../scene.js';
import { describeWithRedis, skipReason, startRedis } from './redis-server.js';
import {
  hasOpenssl,
  type SentinelTopology,
  startCluster,
  startSentinel,
  startTls,
  type Topology,
} from './topologies.js';

// Once for all files.
if (skipReason) process.stderr.write(`${skipReason}\n`);

/** What every store promises. */
const itIsAStore = (open: () => Promise<TokenStore>) => {
  it('gives back what was written, with the time that is left', async () => {
    const store = await open();
    expect(await store.read('a')).toBeUndefined();
    await store.write('a', 'välue', 10_000);
    const stored = await store.read('a');
    expect(stored?.value).toBe('välue');
    expect(stored?.remainingMs).toBeGreaterThan(0);
    expect(stored?.remainingMs).toBeLessThanOrEqual(10_000);
    await store.write('a', 'another', 20_000);
    expect((await store.read('a'))?.value).toBe('another');
    expect((await store.read('a'))?.remainingMs).toBeGreaterThan(10_000);
  });

  it('forgets what is over', async () => {
    const store = await open();
    await store.write('b', 'value', 50);
    await setTimeout(100);
    expect(await store.read('b')).toBeUndefined();
  });

  it('lets one owner at a time have a lease, and prolong it', async () => {
    const store = await open();
    expect(await store.lock('c', 'one', 10_000)).toBe(true);
    expect(await store.lock('c', 'two', 10_000)).toBe(false);
    expect(await store.lock('c', 'one', 10_000)).toBe(true);
    await store.unlock('c', 'two');
    expect(await store.lock('c', 'two', 10_000)).toBe(false);
    await store.unlock('c', 'one');
    expect(await store.lock('c', 'two', 10_000)).toBe(true);
  });

  it('ends a lease that nobody prolongs', async () => {
    const store = await open();
    await store.lock('d', 'one', 50);
    await setTimeout(100);
    expect(await store.lock('d', 'two', 10_000)).toBe(true);
    await store.unlock('d', 'one');
    expect(await store.lock('d', 'one', 10_000)).toBe(false);
  });

  it('gives one of many who ask at once the lease', async () => {
    const store = await open();
    const taken = await Promise.all(Array.from({ length: 50 }, (_, owner) => store.lock('e', `${owner}`, 10_000)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
};

describe('process memory', () => {
  const store = createMemoryStore();
  itIsAStore(async () => store);
});

describe('an encrypted store', () => {
  const plain = createMemoryStore();
  const store = createEncryptedStore(plain, [newKey()]);
  itIsAStore(async () => store);

  it('seals the same value differently each time', async () => {
    await store.write('f', 'value', 10_000);
    const first = await plain.read('f');
    await store.write('f', 'value', 10_000);
    expect((await plain.read('f'))?.value).not.toBe(first?.value);
  });

  it('refuses what was changed by a single character', async () => {
    await store.write('g', 'value', 10_000);
    const sealed = (await plain.read('g'))?.value ?? '';
    const start = sealed.lastIndexOf('.') + 1;
    for (let index = start; index < sealed.length - 1; index += 1) {
      const changed = sealed.slice(0, index) + (sealed[index] === 'A' ? 'B' : 'A') + sealed.slice(index + 1);
      await plain.write('g', changed, 10_000);
      expect(await failure(store.read('g'))).toMatchObject({ code: 'ERR_TOKEN_STORE', reason: 'unreadable' });
    }
  });

  it.each(['', 'v1', 'v1.0.', 'v1..', 'v1.00000000.AAAA'])('refuses %j', async (value) => {
    await plain.write('h', value, 10_000);
    expect(await failure(store.read('h'))).toMatchObject({ reason: 'unreadable' });
  });

  it.each([[[]], [['short']], [[newKey(), '']]])('wants keys of 32 bytes, not %j', (keys) => {
    expect(() => createEncryptedStore(plain, keys)).toThrow(TypeError);
  });
});

describeWithRedis('Redis', () => {
  const closing: (() => Promise<void>)[] = [];
  const open = async (options: Partial<RedisStoreOptions> & { url: string }): Promise<TokenStore> => {
    const store = createRedisStore({ encryptionKeys: [newKey()], ...options });
    closing.unshift(() => store.close());
    await eventually(() => store.read('ready'));
    return store;
  };
  afterAll(async () => {
    for (const close of closing) await close();
  });

  const start = <T extends Topology>(create: () => Promise<T>): (() => T) => {
    let topology: T;
    beforeAll(async () => {
      topology = await create();
      closing.push(() => topology.close());
    }, 60_000);
    return () => topology;
  };

  /** One connection for all the promises. */
  const once = (create: () => Promise<TokenStore>) => {
    let store: Promise<TokenStore> | undefined;
    return () => {
      store ??= create();
      return store;
    };
  };

  describe('alone', () => {
    const redis = start(startRedis);
    itIsAStore(once(() => open({ url: redis().url })));
  });

  describe('with users, databases and a prefix', () => {
    const redis = start(startRedis);
    const rules = [
      'on',
      '>p@ss/word',
      '~mine:*',
      '-@all',
      '+get',
      '+set',
      '+del',
      '+pttl',
      '+pexpire',
      '+eval',
      '+evalsha',
    ];
    beforeAll(() => redis().client.call('ACL', 'SETUSER', 'cache', ...rules, '+select', '+info', '+ping'));
    const url = () => `redis://cache:${encodeURIComponent('p@ss/word')}@127.0.0.1:${redis().port}/3`;
    itIsAStore(once(() => open({ url: url(), prefix: 'mine:' })));

    it('keeps to its prefix and its database', async () => {
      const store = await open({ url: url(), prefix: 'mine:' });
      await store.write('kept', 'value', 10_000);
      await redis().client.select(3);
      expect(await redis().client.exists('mine:kept')).toBe(1);
      const stray = createRedisStore({ encryptionKeys: [newKey()], url: url(), prefix: 'others:' });
      expect(await failure(stray.read('kept'))).toMatchObject({ message: 'Redis failed: NOPERM' });
      await stray.close();
    });
  });

  describe('as a cluster of three', () => {
    const cluster = start(startCluster);
    itIsAStore(once(() => open({ url: cluster().url })));
  });

  describe('behind a sentinel', () => {
    const sentinel = start<SentinelTopology>(startSentinel);
    itIsAStore(once(() => open({ url: sentinel().url })));

    it('is found again after the master has died', async () => {
      const store = await open({ url: sentinel().url });
      await store.write('kept', 'value', 100_000);
      await eventually(async () => expect(await sentinel().replica.client.exists('token-cache:kept')).toBe(1));
      await sentinel().master.kill();
      await eventually(async () => expect(await store.lock('anew', 'owner', 10_000)).toBe(true));
      expect((await store.read('kept'))?.value).toBe('value');
    });
  });

  describe.skipIf(!hasOpenssl)(`over TLS${hasOpenssl ? '' : ' (needs openssl, to make a certificate)'}`, () => {
    const tls = start(startTls);
    itIsAStore(once(() => open({ url: tls().url, tls: { ca: tls().ca } })));

    it('refuses a certificate that nobody vouches for', async () => {
      const store = createRedisStore({ encryptionKeys: [newKey()], url: tls().url });
      expect(await failure(store.read('a'))).toMatchObject({ code: 'ERR_TOKEN_STORE', reason: 'unavailable' });
      await store.close();
    });
  });

  it('that was closed says so', async () => {
    const redis = await startRedis();
    const store = createRedisStore({ encryptionKeys: [newKey()], url: redis.url });
    await store.write('a', 'value', 1_000);
    await store.close();
    expect(await failure(store.read('a'))).toMatchObject({ code: 'ERR_TOKEN_STORE', reason: 'unavailable' });
    await redis.close();
  });

  it('shows a fault of the configuration at once', () => {
    expect(() => createRedisStore({ url: 'http://127.0.0.1', encryptionKeys: [newKey()] })).toThrow(TypeError);
    expect(() => createRedisStore({ url: 'redis://127.0.0.1:9', encryptionKeys: [] })).toThrow(TypeError);
  });
});
