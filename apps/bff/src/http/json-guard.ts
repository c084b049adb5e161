/** Arrays and objects within each other. */
const MAX_DEPTH = 64;

const NUMBER = /-?\d[\d.eE+-]*/y;

/** False for a number that would arrive as another: too large to be whole, or too large at all. */
const isExact = (text: string): boolean => {
  const value = Number(text);
  if (Number.isNaN(value)) return true;
  return Number.isFinite(value) && (!/^-?\d+$/.test(text) || Number.isSafeInteger(value));
};

const endOfString = (text: string, start: number): number => {
  let index = start + 1;
  while (index < text.length && text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index;
};

/**
 * What is wrong with a JSON text before it is parsed: what a parser would die of, or change without a word. Whether it
 * is JSON at all is the parser's to say.
 *
 * @returns A sentence for the caller, or `undefined`.
 */
export const jsonFault = (text: string): string | undefined => {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] as string;
    if (character === '"') index = endOfString(text, index);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (character === '-' || (character >= '0' && character <= '9')) {
      NUMBER.lastIndex = index;
      const [number = character] = NUMBER.exec(text) ?? [];
      if (!isExact(number)) return 'The request holds a number that is too large.';
      index += number.length - 1;
    }
    if (depth > MAX_DEPTH) return 'The request is nested too deeply.';
  }
  return undefined;
};
