const texts = new WeakMap<object, () => string>();

/** Remembers the JSON text of a result for as long as the result lives. */
export const keepJsonText = (result: unknown, text: () => string): void => {
  if (typeof result === 'object' && result !== null) texts.set(result, text);
};

/**
 * The JSON text of a result: as Logto sent it where it is known, which spares to write it anew. Do not ask for it after
 * changing the result.
 */
export const jsonTextOf = (result: unknown): string | undefined => {
  const text = typeof result === 'object' && result !== null ? texts.get(result) : undefined;
  return text ? text() : JSON.stringify(result);
};
