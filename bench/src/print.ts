/** Prints lines of a table: a title, and columns of one width. */
export const table =
  (titleWidth: number, width: number) =>
  (...columns: (string | number)[]): void => {
    const [title = '', ...rest] = columns.map(String);
    process.stdout.write(`${title.padEnd(titleWidth)}${rest.map((text) => text.padStart(width)).join('')}\n`);
  };

/** The value below which a share of all lies. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;
