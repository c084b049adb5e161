// Makes of what the compiler built the files that are given on: each entry with its types, which lead to no other
// package. tRPC's own types come along: its declarations want those of Node.js and of ws, and where they are missing
// everything is `any`, without a word.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const { dependencies, peerDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const entries = Object.fromEntries(process.argv.slice(2).map((name) => [name, name]));

const source = (name) => (name === 'index' ? name : `${name}/index`);

const outside = (names) => (id) => names.some((name) => id === name || id.startsWith(`${name}/`));
/** Those whose types are not taken along; the server's are. */
const integrations = Object.keys(peerDependencies).filter((name) => !name.startsWith('@users-bff/'));
const given = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];

/** What types of the server lead to, and none of those that are left. */
const SERVER = ['zod', 'undici', 'pino', 'express', 'http', 'http2', 'ws'];

const scripts = await rolldown({
  input: Object.fromEntries(Object.keys(entries).map((name) => [name, path(`build/${source(name)}.js`)])),
  external: outside(given),
});
await scripts.write({
  dir: path('dist'),
  format: 'es',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});

const types = await rolldown({
  input: Object.fromEntries(Object.keys(entries).map((name) => [name, path(`build/${source(name)}.d.ts`)])),
  external: outside([...integrations, ...SERVER]),
  resolve: { conditionNames: ['types'] },
  plugins: [dts({ dtsInput: true, sourcemap: false })],
});
await types.write({ dir: path('dist'), format: 'es', chunkFileNames: '[name]-[hash].d.ts' });

const NOTICE = '// Holds types of tRPC, copyright (c) Alex Johansson, MIT licence: https://trpc.io\n';

// A model's type and its schema have one name: the types alone go along.
const SCHEMA = /(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?declare const \w+: z\.core\.\$ZodType<[^;]+;\n/g;
for (const name of readdirSync(path('dist')).filter((file) => file.endsWith('.d.ts'))) {
  const file = path(`dist/${name}`);
  const text = readFileSync(file, 'utf8')
    .replaceAll(SCHEMA, '')
    .replace(/^import \{ z \} from "zod";\n/m, '')
    .replaceAll(/^ *\/\/(?: .*\.d\.ts|#(?:end)?region.*)$\n|\/\/#endregion$/gm, '');
  // Integrations stand on what their users have anyway.
  const own = text.replaceAll(
    /^import .* from "(?:react|@tanstack\/react-query|@trpc\/tanstack-react-query)(?:\/[\w-]+)?";$/gm,
    '',
  );
  const stray = /\bz\.|\bfrom "[^.]|\bimport\("|^import "/m.exec(own);
  if (stray) throw new Error(`${name} leads to ${own.slice(stray.index, stray.index + 80)}`);
  writeFileSync(file, `${NOTICE}${text}`);
}
