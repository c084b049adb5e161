import type { AnyRouter } from '@trpc/server';
import type { Transformer } from './manifest.js';

interface Serializer {
  serialize(value: unknown): unknown;
}

/** What superjson makes of the first of all dates, in any of its versions. */
const SUPERJSON = /"json":"1970-01-01T00:00:00\.000Z".*"Date"/;

/** Which transformer a router has, told by what it makes of a date. */
export const transformerOf = (router: AnyRouter): Transformer => {
  const { input } = router._def._config.transformer as { input: Serializer };
  const date = new Date(0);
  const sent = input.serialize(date);
  if (sent === date) return 'none';
  return SUPERJSON.test(JSON.stringify(sent) ?? '') ? 'superjson' : 'unknown';
};
