/** Shared by all packages. Generous, because a busy machine is no reason to fail: no test measures time by it. */
export default { test: { testTimeout: 30_000, hookTimeout: 30_000 } };
