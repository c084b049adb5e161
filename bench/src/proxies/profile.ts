// Where the time of this BFF goes: a profile under load, summed up by package and by function.
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { table } from '../print.js';
import { resultsFile } from '../results.js';
import { calls } from './calls.js';
import { measure } from './measure.js';
import { callerTokens, startBff, startProgram } from './scene.js';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const CONNECTIONS = Number(process.env['CONNECTIONS'] ?? 50);
const LATENCY_MS = Number(process.env['LATENCY_MS'] ?? 0);
const WARM_UP_SECONDS = 8;
const SECONDS = Number(process.env['SECONDS'] ?? 10);
const OPERATION = process.env['OPERATION'] ?? 'users.get';
const SHOWN = Number(process.env['SHOWN'] ?? 40);

/** A package, a folder of this project, a module of Node.js, or V8 itself. */
const areaOf = (url: string): string => {
  if (url === '') return '(V8)';
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const dependency = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return dependency ?? /((?:apps|packages)\/[^/]+)/.exec(path)?.[1] ?? (/^node:[^/]+/.exec(path)?.[0] || path);
};

const call = calls[OPERATION]?.bff;
if (!call) throw new Error(`there is no ${OPERATION}`);

const folder = mkdtempSync(`${tmpdir()}/profile-`);
const upstream = await startProgram('upstream');
const tokens = await callerTokens(upstream, 25);
const bff = await startBff(upstream.url, {}, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
await measure(bff, call, { tokens, connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
upstream.child.send({ latencyMs: LATENCY_MS });
const { callsPerSecond } = await measure(bff, call, { tokens, connections: CONNECTIONS, seconds: SECONDS });
await bff.stop();
await upstream.stop();

const [name = ''] = readdirSync(folder);
const file = resultsFile('profile.cpuprofile');
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as CpuProfile;
renameSync(`${folder}/${name}`, file);
rmSync(folder, { recursive: true });

const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
const byArea = new Map<string, number>();
const byFunction = new Map<string, number>();
const total = timeDeltas.reduce((sum, delta) => sum + delta, 0);
// Only the last part, when all is warm.
let at = 0;
let counted = 0;
for (const [index, id] of samples.entries()) {
  const micros = timeDeltas[index] ?? 0;
  at += micros;
  const { functionName = '', url = '', lineNumber = 0 } = frames.get(id) ?? {};
  if (at < total - SECONDS * 1e6 || functionName === '(idle)') continue;
  counted += micros;
  const area = url === '' ? functionName || '(V8)' : areaOf(url);
  const place = `${functionName || '(anonymous)'} ${areaOf(url)} ${url.split('/').at(-1)}:${lineNumber + 1}`;
  byArea.set(area, (byArea.get(area) ?? 0) + micros);
  byFunction.set(place, (byFunction.get(place) ?? 0) + micros);
}

const print = table(84, 10);
const show = (title: string, sums: ReadonlyMap<string, number>): void => {
  print(title, 'share');
  for (const [place, micros] of [...sums].toSorted(([, one], [, other]) => other - one).slice(0, SHOWN)) {
    print(place.slice(0, 83), `${((micros / counted) * 100).toFixed(1)} %`);
  }
  process.stdout.write('\n');
};
process.stdout.write(
  `${OPERATION}, ${CONNECTIONS} connections, ${Math.round(callsPerSecond)} calls/s while watched\n\n`,
);
show('by package', byArea);
show('by function, its own time', byFunction);
process.stdout.write(`The whole, for a viewer of flame graphs such as Chrome's developer tools: ${file}\n`);
process.exit(0);
