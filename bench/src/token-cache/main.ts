import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MANAGEMENT_API, type MachineApplication, type Sandbox, startSandbox } from '@users-bff/logto-sandbox';
import { table } from '../print.js';
import { record } from '../results.js';
import type { ContenderName, Scene } from './contenders.js';
import type { Task } from './worker.js';

const RUNS = 5;
const PROCESSES = 8;
const CALLERS = 200;
const REDIS_PORT = 16_379;

const application: MachineApplication = {
  kind: 'machine',
  clientId: 'bench',
  clientSecret: 'bench-secret',
  // The way of @logto/api.
  authMethod: 'client_secret_post',
  grants: { [MANAGEMENT_API]: ['all'] },
};

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

const print = table(46, 18);

const ask = async <T>(worker: ChildProcess, task: Task): Promise<T> => {
  worker.send(task);
  const [{ result }] = await once(worker, 'message');
  return result;
};

/** Lets a worker or several do something, with a cache of their own that is cold. */
const withWorkers = async <T>(
  workers: readonly ChildProcess[],
  contender: ContenderName,
  scene: Scene,
  act: (worker: ChildProcess) => Promise<T>,
): Promise<T[]> => {
  const fresh = { ...scene, prefix: `${randomBytes(6).toString('hex')}:` };
  await Promise.all(workers.map((worker) => ask(worker, { kind: 'open', contender, scene: fresh })));
  const results = await Promise.all(workers.map(act));
  await Promise.all(workers.map((worker) => ask(worker, { kind: 'close' })));
  return results;
};

const herds = async (sandbox: Sandbox, scene: Scene, workers: readonly ChildProcess[], names: ContenderName[]) => {
  const seen = new Map(names.map((name) => [name, { requests: [] as number[], ms: [] as number[] }]));
  for (let run = 0; run < RUNS; run += 1) {
    for (const [name, { requests, ms }] of seen) {
      sandbox.forgetRequests();
      const took = await withWorkers(workers, name, scene, (worker) =>
        ask<number>(worker, { kind: 'herd', callers: CALLERS }),
      );
      requests.push(sandbox.tokenRequests.length);
      ms.push(Math.max(...took));
    }
  }
  const baseline = median(seen.get('@logto/api')?.ms ?? []);
  for (const [name, { requests, ms }] of seen) {
    const range = [...new Set([Math.min(...requests), Math.max(...requests)])].join(' to ');
    print(name, range, median(ms).toFixed(1), `${(baseline / median(ms)).toFixed(1)} x`);
  }
  return Object.fromEntries([...seen].map(([name, { requests, ms }]) => [name, { requests, medianMs: median(ms) }]));
};

const main = async (): Promise<void> => {
  const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
  const redis = hasRedis
    ? spawn('redis-server', ['--port', `${REDIS_PORT}`, '--save', ''], { stdio: 'ignore' })
    : undefined;
  if (redis) await setTimeout(500);
  else print('redis-server is not installed: what is shared is left out');
  const sandbox = await startSandbox({ port: 0, users: 0, announce: () => {}, applications: [application] });
  const scene: Scene = {
    endpoint: sandbox.endpoint,
    clientId: application.clientId,
    clientSecret: application.clientSecret,
    resource: MANAGEMENT_API,
    redisUrl: `redis://127.0.0.1:${REDIS_PORT}`,
    encryptionKey: randomBytes(32).toString('base64'),
    prefix: '',
  };
  const workers = Array.from({ length: PROCESSES }, () => fork(fileURLToPath(new URL('./worker.js', import.meta.url))));
  const [alone] = workers.slice(0, 1);
  if (!alone) return;
  const names: ContenderName[] = redis
    ? ['@logto/api', 'token-cache', 'token-cache with Redis']
    : ['@logto/api', 'token-cache'];

  // Not counted: modules are loaded and connections opened.
  for (const name of names)
    await withWorkers(workers, name, scene, (worker) => ask(worker, { kind: 'hits', count: 1e4 }));

  print(`${CALLERS} callers, cold, 1 process`, 'token requests', 'ms (median)', 'faster');
  const oneProcess = await herds(sandbox, scene, [alone], names);
  print('');
  print(`${CALLERS} callers each, cold, ${PROCESSES} processes`, 'token requests', 'ms (median)', 'faster');
  const severalProcesses = await herds(sandbox, scene, workers, names);

  print('');
  print('a call that finds a token', 'ns (median)');
  const hitNs: Record<string, number> = {};
  for (const name of names) {
    const ns: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      ns.push(
        ...(await withWorkers([alone], name, scene, (worker) => ask<number>(worker, { kind: 'hits', count: 1e6 }))),
      );
    }
    hitNs[name] = median(ns);
    print(name, median(ns).toFixed(0));
  }

  let shared: object | undefined;
  if (redis) {
    print('');
    print("a first call that finds another process' token", 'us (median)');
    const [other] = workers.slice(1);
    const us: number[] = [];
    for (let run = 0; other && run < 4 * RUNS; run += 1) {
      const common = { ...scene, prefix: `${run}:` };
      for (const worker of [alone, other]) {
        await ask(worker, { kind: 'open', contender: 'token-cache with Redis', scene: common });
        const took = await ask<number>(worker, { kind: 'herd', callers: 1 });
        if (worker === other) us.push(took * 1e3);
      }
      for (const worker of [alone, other]) await ask(worker, { kind: 'close' });
    }
    print('token-cache with Redis', median(us).toFixed(0));

    print('');
    print(`p99 of calls, ${PROCESSES} processes, tokens of 5 s`, 'at renewals, us', 'between, us');
    sandbox.accessTokenTtlSeconds = 5;
    const load = (worker: ChildProcess) =>
      ask<{ near: number; between: number }>(worker, { kind: 'load', seconds: 20 });
    const results = await withWorkers(workers, 'token-cache with Redis', scene, load);
    const near = median(results.map((result) => result.near));
    const between = median(results.map((result) => result.between));
    print('token-cache with Redis', near.toFixed(1), between.toFixed(1));
    shared = { firstCallUs: median(us), p99AtRenewalsUs: near, p99BetweenUs: between };
  }
  record('token-cache', { callers: CALLERS, processes: PROCESSES, oneProcess, severalProcesses, hitNs, shared });

  for (const worker of workers) worker.kill();
  await sandbox.close();
  redis?.kill();
};

await main();
