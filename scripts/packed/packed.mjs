// Packs a package as it would be published, and installs it into an empty folder as a stranger would.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const fail = (message) => {
  throw new Error(message);
};

const versions = Object.fromEntries(
  [...readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').matchAll(/^ {2}"?([^":\s]+)"?: (\S+)$/gm)].map(
    ([, name, version]) => [name, version],
  ),
);

/** A package at the version of the catalog. */
export const at = (name) => `${name}@${versions[name] ?? fail(`the catalog has no ${name}`)}`;

/** Runs a program; what it prints is an error's message where it fails. */
export const run = (command, args, cwd) => {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    return fail(`${command} ${args.join(' ')}\n${error.stdout}${error.stderr}`);
  }
};

/** Works in an empty folder that holds the packed package, and removes it afterwards. */
export const inEmptyFolder = async (name, work) => {
  const folder = mkdtempSync(join(tmpdir(), `packed-${name}-`));
  try {
    run('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', folder], join(root, 'packages', name));
    const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? fail('nothing was packed');
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    const install = (...packages) =>
      run('npm', ['install', '--no-audit', '--no-fund', `./${tarball}`, ...packages], folder);
    await work({ folder, tarball: join(folder, tarball), install });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
