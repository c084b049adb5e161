// Runs the BFF in front of the sandbox, and this frontend in front of both.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

const dev = fileURLToPath(new URL('../../apps/bff/dist/dev.js', import.meta.url));
const bff = spawn(process.execPath, [dev], { stdio: ['ignore', 'ignore', 'inherit'] });
bff.once('exit', (code) => process.exit(code ?? 0));
const server = await preview({
  root: import.meta.dirname,
  preview: { port: Number(process.env['ADMIN_PORT'] ?? 5173) },
});
const [url] = server.resolvedUrls?.local ?? [];
process.stdout.write(`
The admin frontend is at ${url}
Sign in as admin, support or reader, password sandbox-password. Press Ctrl-C to stop all of it.
`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => bff.kill('SIGTERM'));
