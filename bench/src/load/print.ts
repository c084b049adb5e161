/** One line of a table. */
export const print = (...columns: (string | number)[]): void => {
  const [title = '', ...rest] = columns.map(String);
  process.stdout.write(`${title.padEnd(28)}${rest.map((text) => text.padStart(14)).join('')}\n`);
};

/** The value below which a share of all lies. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? Number.NaN;
