import shared from '../vitest.config.js';

export default { test: { ...shared.test, include: ['**/*.screenshots.ts'] } };
