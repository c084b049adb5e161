import type { Link } from '../../src/manifest.js';
import { toHash } from '../navigation/route.js';
import { usePanel } from '../panel-context.js';
import { usesOf } from './links.js';
import { UseMenu } from './use-menu.js';

interface TableProps {
  readonly items: readonly Record<string, unknown>[];
  readonly path: string;
  readonly input: unknown;
}

const MAX_COLUMNS = 8;
const MAX_TEXT = 60;
const FIRST = ['id', 'name', 'username', 'email', 'title', 'type'];

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** Columns that say most: names first, what is the same or empty everywhere last. */
const columnsOf = (items: readonly Record<string, unknown>[]): string[] => {
  const keys = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const points = (key: string): number => {
    const values = items.map((item) => item[key]);
    const rank = FIRST.indexOf(key);
    const empty =
      values.filter((value) => value === null || value === undefined || value === '').length / values.length;
    return (rank < 0 ? 0 : 100 - rank) + (values.every(isPlain) ? 10 : 0) - 8 * empty;
  };
  return keys
    .map((key, index) => ({ key, points: points(key) - index / 1000 }))
    .sort((one, other) => other.points - one.points)
    .slice(0, MAX_COLUMNS)
    .map(({ key }) => key);
};

const isTime = (key: string, value: unknown): value is number =>
  typeof value === 'number' && value > 1e12 && value < 1e13 && /At$|time|date/i.test(key);

const Cell = ({ name, value }: { readonly name: string; readonly value: unknown }) => {
  if (value === undefined) return null;
  if (value === null) return <span className="muted">null</span>;
  if (isTime(name, value))
    return <time dateTime={new Date(value).toISOString()}>{new Date(value).toLocaleString()}</time>;
  const text = isPlain(value) ? String(value) : JSON.stringify(value);
  return text.length > MAX_TEXT ? <span title={text}>{text.slice(0, MAX_TEXT)}…</span> : text;
};

/** A list as a table. What is an input elsewhere leads there. */
export const Table = ({ items, path, input }: TableProps) => {
  const { manifest } = usePanel();
  const links: readonly Link[] = manifest.links[path] ?? [];
  const columns = columnsOf(items);
  const rows = items.map((item) => ({ item, uses: usesOf(manifest, path, links, item, input) }));
  const hasUses = rows.some(({ uses }) => uses.length > 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard
    <section className="table-scroll" tabIndex={0} aria-label="Items">
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            {hasUses && (
              <th scope="col" className="uses">
                <span className="unseen">Uses</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, uses: [best, ...others] }, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column}>
                  {best && links.some(({ from }) => from === column) && best.procedure.kind === 'query' ? (
                    <a href={toHash(best.procedure.path, best.input)} title={`Open in ${best.procedure.path}`}>
                      <Cell name={column} value={item[column]} />
                    </a>
                  ) : (
                    <Cell name={column} value={item[column]} />
                  )}
                </td>
              ))}
              {hasUses && (
                <td className="uses">
                  <UseMenu what={`row ${index + 1}`} uses={[...(best ? [best] : []), ...others]} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};
