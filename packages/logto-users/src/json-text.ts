/** Gives back what it is given: a class below it then adds its private fields to an object that is there already. */
const itself = function (this: unknown, object: object) {
  return object;
} as unknown as new (
  object: object,
) => object;

/**
 * The text goes with the result as a private field: nobody sees it, and no copy has it. A WeakMap would be the usual
 * place. But V8 keeps what it holds until the next full collection, and with it every result.
 */
class WithText extends itself {
  readonly #text: () => string;

  constructor(result: object, text: () => string) {
    super(result);
    this.#text = text;
  }

  static textOf(result: object): string | undefined {
    return #text in result ? result.#text() : undefined;
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Remembers the JSON text of a result for as long as the result lives. */
export const keepJsonText = (result: unknown, text: () => string): void => {
  if (isObject(result)) new WithText(result, text);
};

/**
 * The JSON text of a result: as Logto sent it where it is known, which spares to write it anew. Do not ask for it after
 * changing the result.
 */
export const jsonTextOf = (result: unknown): string | undefined =>
  (isObject(result) ? WithText.textOf(result) : undefined) ?? JSON.stringify(result);
