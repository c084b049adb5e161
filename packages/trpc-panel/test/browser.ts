import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';

/** Its manifest is no export: it is where the folder of its main file begins. */
const packedVersion = (): string => {
  const [folder = ''] =
    /^.*?@sparticuz[\\/]chromium(?=[\\/]build)/.exec(createRequire(import.meta.url).resolve('@sparticuz/chromium')) ??
    [];
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
};

const UNPACK = `
const { default: chromium } = await import('@sparticuz/chromium');
await chromium.executablePath();
`;

/**
 * Chromium out of its npm package: it runs on any Linux of x86-64, for it brings its libraries and a font along.
 * Unpacked once, in a folder of its own, so that test processes do not meet half a file.
 */
const unpacked = (): { executablePath: string; env: Record<string, string> } => {
  const folder = join(tmpdir(), `trpc-panel-chromium-${packedVersion()}`);
  if (!existsSync(folder)) {
    const making = mkdtempSync(`${folder}-`);
    execFileSync(process.execPath, ['--input-type=module', '-e', UNPACK], {
      cwd: import.meta.dirname,
      // So named, the package unpacks its libraries too.
      env: { PATH: process.env['PATH'], TMPDIR: making, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' },
    });
    writeFileSync(join(making, 'fonts.conf'), `<fontconfig><dir>${join(folder, 'fonts')}</dir></fontconfig>`);
    try {
      renameSync(making, folder);
    } catch {
      // Another process was faster.
      rmSync(making, { recursive: true, force: true });
    }
  }
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      // A bare system has no font at all.
      ...(!existsSync('/etc/fonts/fonts.conf') && { FONTCONFIG_FILE: join(folder, 'fonts.conf') }),
    },
  };
};

const CHROMIUM_PATH = process.env['CHROMIUM_PATH'];
const hasPacked = process.platform === 'linux' && process.arch === 'x64';

/** Whether there is a browser. */
export const hasBrowser = CHROMIUM_PATH !== undefined || hasPacked;

/** Starts Chromium: that of `CHROMIUM_PATH`, else the one of the npm package. */
export const startBrowser = (): Promise<Browser> => {
  const { executablePath, env } = CHROMIUM_PATH === undefined ? unpacked() : { executablePath: CHROMIUM_PATH, env: {} };
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env } as Record<string, string>,
    chromiumSandbox: false,
    args: [
      '--headless=shell',
      '--no-zygote',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
};

/** Tests in a real browser. */
export const describeInBrowser: typeof describe.skip = describe.skipIf(!hasBrowser);

if (!hasBrowser) {
  if (process.env['REQUIRE_BROWSER']) throw new Error('no Chromium, and REQUIRE_BROWSER is set');
  process.stderr.write(
    'Skipped for want of a browser: install Chromium (Debian: apt install chromium) and set CHROMIUM_PATH to it.\n',
  );
}
