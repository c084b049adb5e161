import { toHash } from '../navigation/route.js';
import type { Use } from './links.js';

interface UseMenuProps {
  /** What is used, such as `row 1`. */
  readonly what: string;
  readonly uses: readonly Use[];
}

/** Procedures that take this. */
export const UseMenu = ({ what, uses }: UseMenuProps) =>
  uses.length === 0 ? null : (
    <details className="menu">
      <summary>
        use <span className="unseen">{what} </span>in…
      </summary>
      <ul>
        {uses.map(({ procedure, input }) => (
          <li key={procedure.path}>
            <a href={toHash(procedure.path, input)}>{procedure.path}</a>
          </li>
        ))}
      </ul>
    </details>
  );
