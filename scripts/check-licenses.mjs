// Lists the licences of everything that is needed at run time, and fails for one that is not on the list.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ALLOWED = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** As Node looks for it: in the folders above. */
const find = (name, from) => {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  }
  return undefined;
};

const found = new Map();
const visit = (folder) => {
  const { name, version, license, dependencies = {}, optionalDependencies = {} } = read(folder);
  const id = `${name}@${version}`;
  if (found.has(id)) return;
  found.set(id, license ?? 'none');
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const place = find(dependency, folder);
    if (place) visit(place);
    else if (dependencies[dependency]) throw new Error(`${dependency} of ${id} is not installed`);
  }
};

// What is built into the panel's page is given on too.
const notices = readFileSync(join(root, 'packages', 'trpc-panel', 'dist', 'page', 'third-party-licenses.md'), 'utf8');
for (const [, name, version, license] of notices.matchAll(/^## (\S+) - (\S+) \((.+)\)$/gm)) {
  found.set(`${name}@${version}`, license);
}

for (const group of ['apps', 'packages']) {
  for (const name of readdirSync(join(root, group))) visit(realpathSync(join(root, group, name)));
}

const strays = [...found].filter(([, license]) => !ALLOWED.includes(license));
for (const [id, license] of strays) process.stdout.write(`${id} has the licence ${license}\n`);
process.stdout.write(
  `${found.size} packages are needed at run time; ${strays.length} have a licence that is not on the list\n`,
);
process.exitCode = strays.length > 0 ? 1 : 0;
