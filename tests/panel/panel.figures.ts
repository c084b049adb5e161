import { createLog, readConfig, serve } from '@users-bff/bff';
import { it } from 'vitest';
import { describeInBrowser, startBrowser } from '../../packages/trpc-panel/test/browser.js';
import { AUDIENCE } from '../world.js';
import { startPanelWorld } from './scene.js';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const RUNS = 21;

describeInBrowser('figures of the panel', () => {
  it('first view: from nothing to the list of procedures, in a browser that has seen nothing', async () => {
    await using world = await startPanelWorld();
    await using browser = await startBrowser();
    const views: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      views.push(
        await timed(async () => {
          await page.goto(`${world.server.url}/panel/`);
          await page.getByRole('link', { name: 'whoami' }).waitFor();
        }),
      );
      await context.close();
    }
    say(`first view: ${Math.round(median(views))} ms (median of ${RUNS}, worst ${Math.round(Math.max(...views))} ms)`);
  });

  it('start of the server, with the panel and without, in turns', async () => {
    await using world = await startPanelWorld();
    const start = (isOn: boolean) =>
      timed(async () => {
        const { endpoint, appId, appSecret, resource } = world.upstream;
        const environment = {
          NODE_ENV: 'test',
          PORT: '0',
          PANEL: String(isOn),
          LOGTO_ENDPOINT: endpoint,
          LOGTO_APP_ID: appId,
          LOGTO_APP_SECRET: appSecret,
          LOGTO_RESOURCE: resource,
          AUTH_AUDIENCE: AUDIENCE,
        };
        const server = await serve(readConfig(environment), createLog('silent'));
        await server.stop();
      });
    await start(true);
    const withIt: number[] = [];
    const without: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      withIt.push(await start(true));
      without.push(await start(false));
    }
    say(`start and stop: ${median(withIt).toFixed(2)} ms with the panel, ${median(without).toFixed(2)} ms without`);
    const { url } = world.server;
    const first = await timed(async () => (await fetch(`${url}/panel/manifest.json`)).arrayBuffer());
    const second = await timed(async () => (await fetch(`${url}/panel/manifest.json`)).arrayBuffer());
    say(`manifest: ${first.toFixed(1)} ms when it is first asked for, ${second.toFixed(1)} ms then`);
  });
});
