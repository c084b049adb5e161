// The steps of the Containerfile in plain folders: what an engine would do, without one. The result runs as somebody
// who is not root, in a folder that nobody may write to, and must be healthy.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The instructions, each on one line, with its arguments. */
const instructions = readFileSync(join(root, 'Containerfile'), 'utf8')
  .replaceAll(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line))
  .map((line) => /^([A-Z]+) (.*)$/.exec(line)?.slice(1) ?? []);

const folder = mkdtempSync(join(tmpdir(), 'image-'));
const isRoot = process.getuid?.() === 0;
/** As in the image of Node: the user "node". */
const USER = 1000;

/** A file system of an image is a folder here. */
const inStage = (stage, path) => join(folder, stage, path);
const fail = (message) => {
  throw new Error(message);
};

const copySource = (to) => {
  const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
  const names = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  for (const name of names.split('\0').filter(Boolean)) {
    if (ignored.some((each) => name === each || name.startsWith(`${each}/`)) || !existsSync(join(root, name))) continue;
    mkdirSync(dirname(join(to, name)), { recursive: true });
    cpSync(join(root, name), join(to, name));
  }
};

const image = { stage: '', workdir: '/', env: {}, user: 'root', cmd: [], healthcheck: [] };
const environmentOf = (text) => Object.fromEntries(text.split(' ').map((pair) => pair.split('=')));

try {
  for (const [name, rest] of instructions) {
    switch (name) {
      case 'FROM':
        Object.assign(image, { stage: / AS (\w+)$/.exec(rest)?.[1] ?? 'final', workdir: '/', env: {} });
        break;
      case 'WORKDIR':
        image.workdir = rest;
        mkdirSync(inStage(image.stage, rest), { recursive: true });
        break;
      case 'ENV':
        Object.assign(image.env, environmentOf(rest));
        break;
      case 'COPY': {
        const [, from, source] = /^--from=(\w+) (\S+) \.$/.exec(rest) ?? [];
        const to = inStage(image.stage, image.workdir);
        if (from) cpSync(inStage(from, source), to, { recursive: true, verbatimSymlinks: true });
        else copySource(to);
        break;
      }
      case 'RUN': {
        process.stdout.write(`${rest}\n`);
        // Absolute paths of the image are below its folder.
        const command = rest.replaceAll(/ \/app\b/g, ` ${inStage(image.stage, '/app')}`);
        const env = { ...process.env, ...image.env };
        const cwd = inStage(image.stage, image.workdir);
        const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], { cwd, env, encoding: 'utf8' });
        if (status !== 0) fail(`${rest}\n${stdout}\n${stderr}`);
        break;
      }
      case 'USER':
        image.user = rest;
        break;
      case 'CMD':
        image.cmd = JSON.parse(rest);
        break;
      case 'HEALTHCHECK':
        image.healthcheck = JSON.parse(rest.slice(rest.indexOf(' CMD ') + 5));
        break;
      case 'EXPOSE':
        break;
      default:
        fail(`an instruction that is not known here: ${name}`);
    }
  }

  const place = inStage('final', image.workdir);
  if (image.user === 'root') fail('the image runs as root');
  if (existsSync(join(place, 'node_modules/@users-bff/logto-sandbox'))) fail('the sandbox is in the image');
  if (existsSync(join(place, 'dist/dev.js'))) fail('the development server is in the image');
  const bytes = Number(execFileSync('du', ['-sk', place], { encoding: 'utf8' }).split('\t')[0]) * 1024;

  // What the process could write to is taken from it.
  execFileSync('chmod', ['-R', 'a-w,a+rX', folder]);
  if (isRoot) chownSync(folder, USER, USER);
  const env = {
    PATH: process.env.PATH,
    ...image.env,
    HOST: '127.0.0.1',
    PORT: '38471',
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: '0',
    LOGTO_ENDPOINT: 'https://logto.invalid',
    LOGTO_APP_ID: 'app',
    LOGTO_APP_SECRET: 'secret',
    AUTH_AUDIENCE: 'https://users-bff.example',
    SHUTDOWN_DELAY_MS: '0',
    PANEL: 'true',
  };
  const options = { cwd: place, env, ...(isRoot && { uid: USER, gid: USER }) };
  const child = spawn(image.cmd[0], image.cmd.slice(1), { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const exit = once(child, 'exit');
  const isHealthy = () => {
    try {
      execFileSync(image.healthcheck[0], image.healthcheck.slice(1), { ...options, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  let tries = 50;
  while (!isHealthy() && child.exitCode === null) {
    tries -= 1;
    if (tries === 0) fail(`never healthy:\n${output}`);
    await setTimeout(100);
  }
  if (child.exitCode !== null) fail(`it ended:\n${output}`);
  const panel = await fetch(`http://127.0.0.1:${env.PORT}/panel/`);
  if (!panel.ok || !(await panel.text()).includes('<script')) fail('the panel is not in the image');
  child.kill('SIGTERM');
  const [code] = await exit;
  if (code !== 0) fail(`SIGTERM ended it with ${code}:\n${output}`);
  if (isHealthy()) fail('healthy without a process');
  process.stdout.write(`the image's steps hold: ${Math.round(bytes / 1024 / 1024)} MB besides Node's own\n`);
} finally {
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true });
}
