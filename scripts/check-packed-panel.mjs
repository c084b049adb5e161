// The panel as a stranger gets it: the README's lines in an empty folder.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, fail, inEmptyFolder, root, run } from './packed/packed.mjs';

const PORT = 3_917;

const ROUTER = `import { initTRPC } from '@trpc/server';
import { z } from 'zod';
const t = initTRPC.create();
export const appRouter = t.router({ hello: t.procedure.input(z.object({ name: z.string() })).query(({ input }) => 'hello ' + input.name) });
`;

const listens = async (url) => {
  for (let tries = 0; tries < 100; tries += 1) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  fail('the app does not listen');
};

await inEmptyFolder('trpc-panel', async ({ folder, install }) => {
  install(...['@trpc/server', 'express', 'zod', 'typescript', '@types/express', '@types/node'].map(at));
  const readme = readFileSync(join(root, 'packages', 'trpc-panel', 'README.md'), 'utf8');
  const [, lines] = /<!-- run: app\.mjs -->\n```ts\n([\s\S]+?)```/.exec(readme) ?? fail('the README has no such lines');
  for (const [name, code] of [
    ['router', ROUTER],
    ['app', lines.replace('3000', String(PORT))],
  ]) {
    writeFileSync(join(folder, `${name}.mjs`), code);
    writeFileSync(join(folder, `${name}.mts`), code);
  }
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--types', 'node'];
  run(join(folder, 'node_modules', '.bin', 'tsc'), [...flags, 'app.mts'], folder);

  const app = spawn(process.execPath, ['app.mjs'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const url = `http://127.0.0.1:${PORT}`;
    await listens(url);
    const page = await (await fetch(`${url}/panel/`)).text();
    const [, script] = /src="\.\/(assets\/[^"]+\.js)"/.exec(page) ?? fail('the page has no script');
    if ((await fetch(`${url}/panel/${script}`)).status !== 200) fail('the script is not there');
    const { procedures } = await (await fetch(`${url}/panel/manifest.json`)).json();
    if (procedures[0]?.path !== 'hello') fail('the manifest does not know the procedure');
  } finally {
    app.kill();
  }
  process.stdout.write('the packed panel runs in an empty folder, by the lines of its README\n');
});
