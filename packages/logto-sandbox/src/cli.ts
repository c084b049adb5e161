#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { MANAGEMENT_API, managementApplication } from './options.js';
import { startSandbox } from './sandbox.js';
import { SEED_PASSWORD } from './seed.js';

const usage = `Usage: logto-sandbox [--port 3001] [--users 250] [--tame]

  --port   port on the loopback address; 0 takes any free one
  --users  how many invented users
  --tame   without Logto's own faults`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3001' },
    users: { type: 'string', default: '250' },
    tame: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(usage);
} else {
  const sandbox = await startSandbox({ port: Number(values.port), users: Number(values.users), dangers: !values.tame });
  const stop = () => sandbox.close();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  console.log(`This is a SANDBOX: a stand-in for Logto with invented users, in memory, with public secrets.

LOGTO_ENDPOINT=${sandbox.endpoint}
LOGTO_APP_ID=${managementApplication.clientId}
LOGTO_APP_SECRET=${managementApplication.clientSecret}
LOGTO_RESOURCE=${MANAGEMENT_API}

${sandbox.store.users.size} users; each one's password is ${SEED_PASSWORD}. Press Ctrl-C to stop.`);
}
