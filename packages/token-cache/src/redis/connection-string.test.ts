import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './connection-string.js';

const plain = {
  kind: 'single',
  isEncrypted: false,
  username: undefined,
  password: undefined,
  database: 0,
  masterName: undefined,
  sentinelUsername: undefined,
  sentinelPassword: undefined,
};

describe('a Redis URL', () => {
  it.each([
    ['redis://cache', { nodes: [{ host: 'cache', port: 6_379 }] }],
    ['redis://cache:80', { nodes: [{ host: 'cache', port: 80 }] }],
    ['redis://10.0.0.7:7000/5', { nodes: [{ host: '10.0.0.7', port: 7_000 }], database: 5 }],
    ['rediss://[::1]:6380/', { nodes: [{ host: '::1', port: 6_380 }], isEncrypted: true }],
    ['redis://:p%40ss@cache', { nodes: [{ host: 'cache', port: 6_379 }], password: 'p@ss' }],
    ['redis://me:a:b@cache', { nodes: [{ host: 'cache', port: 6_379 }], username: 'me', password: 'a:b' }],
    [
      'rediss+cluster://me:x@a:7000,b,c:7002',
      {
        kind: 'cluster',
        isEncrypted: true,
        username: 'me',
        password: 'x',
        nodes: [
          { host: 'a', port: 7_000 },
          { host: 'b', port: 6_379 },
          { host: 'c', port: 7_002 },
        ],
      },
    ],
    [
      'redis+sentinel://:x@a,b:5000/my%20master/2?sentinelUsername=s&sentinelPassword=y%26z',
      {
        kind: 'sentinel',
        password: 'x',
        masterName: 'my master',
        database: 2,
        sentinelUsername: 's',
        sentinelPassword: 'y&z',
        nodes: [
          { host: 'a', port: 26_379 },
          { host: 'b', port: 5_000 },
        ],
      },
    ],
  ])('%s is understood', (url, expected) => {
    expect(parseRedisUrl(url)).toEqual({ ...plain, ...expected });
  });

  it.each([
    '',
    'cache:6379',
    'http://cache',
    'redis://',
    'redis://hunter2@',
    'redis://a,b',
    'redis://cache/one',
    'redis://cache/1/2',
    'redis://cache:99999',
    'redis://ca che',
    'redis+cluster://a,b/1',
    'redis+sentinel://a,b',
    'redis+other://a',
    'redis://%zz:hunter2@cache',
  ])('%j is refused, and not repeated', (url) => {
    const parse = () => parseRedisUrl(url);
    expect(parse).toThrow(TypeError);
    expect(parse).not.toThrow('hunter2');
  });
});
