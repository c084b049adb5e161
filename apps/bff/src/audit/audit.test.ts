import { expect, it } from 'vitest';
import type { Caller } from '../authentication/caller.js';
import { createLog } from '../log.js';
import { createAudit } from './audit.js';
import type { ChainedRecord } from './chain.js';

it('a record that comes as the one before it has been written is not left behind', async () => {
  const written: ChainedRecord[] = [];
  const sink = {
    name: 'memory',
    write: async (record: ChainedRecord) => void written.push(record),
    close: async () => {},
  };
  const audit = createAudit({ sinks: [sink], isStrict: true, log: createLog('silent') });
  const caller = { kind: 'machine', issuer: 'i', subject: 's', clientId: 'c' } as unknown as Caller;
  const act = {
    requestId: 'r',
    traceId: undefined,
    isMutation: true,
    caller,
    ip: undefined,
    procedure: 'p',
    permission: undefined,
    input: {},
  };
  for (let count = 0; count < 50; count += 1) {
    await audit.begin(act);
    // Some steps of the microtask queue later, each time at another moment.
    for (let step = 0; step < count % 10; step += 1) await undefined;
    audit.end(act, { durationMs: 1 });
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(written).toHaveLength(100);
});
