export default { test: { include: ['live/**/*.live.ts'], testTimeout: 60_000, hookTimeout: 120_000 } };
