/** What tRPC's infinite queries add to an input, and lists here do not know. */
const isAdded = ([key, value]: [string, unknown]): boolean =>
  (key === 'direction' && (value === 'forward' || value === 'backward')) ||
  (key === 'cursor' && (value === null || value === undefined));

/**
 * A query's input without what tRPC's `infiniteQueryOptions` adds: the first page has no cursor, and pages go one way.
 */
export const withoutDirection = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null || !('direction' in input)) return input;
  return Object.fromEntries(Object.entries(input).filter((entry) => !isAdded(entry)));
};
