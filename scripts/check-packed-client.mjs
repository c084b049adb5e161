// The client as a stranger gets it: types, entry points, weight.
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from '../packages/trpc-client/node_modules/rolldown/dist/index.mjs';
import { at, fail, inEmptyFolder, root, run } from './packed/packed.mjs';

const COMPILERS = ['5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];
const MODES = [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
];
const STRICT =
  '--ignoreConfig --noEmit --strict --target es2022 --lib es2022,dom,dom.asynciterable,esnext.disposable'.split(' ');
const MAX_BYTES = 15_000;

await inEmptyFolder('trpc-client', async ({ folder, tarball, install }) => {
  install(...COMPILERS.map((version) => `typescript-${version}@npm:typescript@${version}`));
  for (const stranger of ['zod', 'express', 'pino', 'undici', '@types']) {
    if (existsSync(join(folder, 'node_modules', stranger))) fail(`${stranger} came along`);
  }

  copyFileSync(join(root, 'scripts', 'packed', 'every-export.ts'), join(folder, 'every-export.ts'));
  copyFileSync(join(root, 'scripts', 'packed', 'every-react-export.tsx'), join(folder, 'every-react-export.tsx'));
  const compile = (version, file, ...flags) => {
    const bin = join(folder, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
    // Older compilers have no configuration to ignore.
    const strict = version.startsWith('5') ? STRICT.slice(1) : STRICT;
    for (const [module, moduleResolution] of MODES) {
      const mode = ['--module', module, '--moduleResolution', moduleResolution];
      run(process.execPath, [bin, ...strict, ...mode, ...flags, file], folder);
    }
  };
  for (const version of COMPILERS) compile(version, 'every-export.ts', '--skipLibCheck', 'false');
  // Those who use the React entry have tRPC's own declarations too, which do not pass that check.
  install(...['@tanstack/react-query', '@trpc/tanstack-react-query', 'react', '@types/react'].map(at));
  for (const version of COMPILERS) compile(version, 'every-react-export.tsx', '--jsx', 'react-jsx', '--skipLibCheck');
  process.stdout.write(`every export compiles under TypeScript ${COMPILERS.join(', ')}, nodenext and bundler\n`);

  run('npx', ['publint', '--strict', tarball], root);
  run('npx', ['attw', '--profile', 'esm-only', tarball], root);
  process.stdout.write('publint and are-the-types-wrong find nothing\n');

  writeFileSync(
    join(folder, 'page.js'),
    "import { createUsersClient } from '@users-bff/trpc-client';\ncreateUsersClient({ url: '/trpc', getAccessToken: () => '' });\n",
  );
  const bundle = await rolldown({
    input: join(folder, 'page.js'),
    cwd: folder,
    platform: 'browser',
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'es', minify: true });
  const code = output.map((chunk) => chunk.code ?? '').join('');
  if (/node:|express|\$ZodType|createServer/.test(code)) fail('there is code of a server in the bundle');
  const bytes = gzipSync(code, { level: 9 }).length;
  if (bytes > MAX_BYTES) fail(`the bundle has ${bytes} bytes`);
  process.stdout.write(`a bundle for the browser has ${bytes} bytes gzipped, tRPC included\n`);
});
