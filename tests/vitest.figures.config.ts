import shared from '../vitest.config.js';

export default { test: { ...shared.test, testTimeout: 120_000, include: ['panel/*.figures.ts'] } };
