// One process of a fleet: holds a cache, and does what the test tells it.
import { Agent, get } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { createTokenCache } from '@users-bff/token-cache';
import { createRedisStore } from '@users-bff/token-cache/redis';

const agent = new Agent({ keepAlive: true, maxSockets: 25 });

let cache;
let store;
let endpoint;
let events = [];
let load;

const listUsers = (token) =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    get(`${endpoint}/api/users?page_size=1`, { agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });

/** Not `Date.now`, which a test may turn forward. */
const nowSeconds = () => (performance.timeOrigin + performance.now()) / 1_000;
const expiryOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).exp;

/** A call as a client of the API makes it: repeated once with another token after a 401. */
const callApi = async (seen) => {
  let token = await cache.getToken();
  if (expiryOf(token) <= nowSeconds()) seen.expired += 1;
  let status = await listUsers(token);
  if (status === 401) {
    seen.refusals += 1;
    cache.invalidate(token);
    const refused = token;
    token = await cache.getToken();
    if (token !== refused) status = await listUsers(token);
  }
  if (status !== 200) throw new Error(`status ${status}`);
  return token;
};

const newReport = () => ({ calls: 0, refusals: 0, expired: 0, tokens: new Set(), failures: [], latencies: [] });

const record = async (report, call) => {
  const startedAt = performance.now();
  try {
    report.tokens.add(await call());
  } catch (error) {
    const { reason, message, retryAfterSeconds } = error;
    report.failures.push({ reason, message, retryAfterSeconds, durationMs: performance.now() - startedAt });
  }
  report.calls += 1;
  report.latencies.push(performance.now() - startedAt);
};

const toAnswer = (report) => ({ ...report, tokens: [...report.tokens] });

const commands = {
  async open({ cacheOptions, redisOptions, endpoint: api, clockShiftMs = 0 }) {
    if (clockShiftMs) {
      const now = Date.now.bind(Date);
      Date.now = () => now() + clockShiftMs;
    }
    await commands.close();
    endpoint = api;
    events = [];
    store = redisOptions && createRedisStore(redisOptions);
    cache = createTokenCache({ ...cacheOptions, ...(store && { store }), onEvent: (event) => events.push(event) });
  },
  async close() {
    await cache?.close();
    await store?.close();
    cache = undefined;
    store = undefined;
  },
  /** Calls that all begin at once. */
  async burst({ count, viaApi = false }) {
    const report = newReport();
    const call = viaApi ? () => callApi(report) : () => cache.getToken();
    await Promise.all(Array.from({ length: count }, () => record(report, call)));
    return toAnswer(report);
  },
  /** Late reports of one refused token, each by a caller who then asks for another. */
  async late({ token, count }) {
    const report = newReport();
    const call = async () => {
      await setTimeout(Math.random() * 200);
      cache.invalidate(token);
      return cache.getToken();
    };
    await Promise.all(Array.from({ length: count }, () => record(report, call)));
    return toAnswer(report);
  },
  /** Calls that go on until `endLoad`. */
  async beginLoad({ concurrency, pauseMs, viaApi = false }) {
    const report = newReport();
    const call = viaApi ? () => callApi(report) : () => cache.getToken();
    let isOver = false;
    const loop = async () => {
      while (!isOver) {
        await record(report, call);
        await setTimeout(pauseMs);
      }
    };
    const loops = Array.from({ length: concurrency }, loop);
    load = {
      report,
      end: () => {
        isOver = true;
        return Promise.all(loops);
      },
    };
  },
  async endLoad() {
    await load.end();
    return toAnswer(load.report);
  },
  async events() {
    return events.map(({ error, ...event }) => event);
  },
};

process.on('message', async ({ id, command, input }) => {
  try {
    process.send({ id, output: await commands[command](input ?? {}) });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
