import Fuse from 'fuse.js';
import type { ProcedureManifest } from '../../src/manifest.js';

/** Procedures of one namespace. */
export interface Group {
  readonly namespace: string;
  readonly procedures: readonly ProcedureManifest[];
}

/** `users.roles.list` is in `users.roles`. */
export const namespaceOf = (path: string): string => path.split('.').slice(0, -1).join('.');

/** Procedures by namespace, in the order of the router. */
export const grouped = (procedures: readonly ProcedureManifest[]): Group[] => {
  const groups = new Map<string, ProcedureManifest[]>();
  for (const procedure of procedures) {
    const namespace = namespaceOf(procedure.path);
    groups.set(namespace, [...(groups.get(namespace) ?? []), procedure]);
  }
  return [...groups].map(([namespace, members]) => ({ namespace, procedures: members }));
};

/** Finds procedures by what is typed, the likeliest first. */
export const createFinder = (procedures: readonly ProcedureManifest[]) => {
  const fuse = new Fuse(procedures, {
    keys: [
      { name: 'path', weight: 3 },
      {
        name: 'spaced',
        weight: 2,
        getFn: ({ path }) => path.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('.', ' '),
      },
      'summary',
    ],
    threshold: 0.4,
    ignoreLocation: true,
  });
  return (text: string): readonly ProcedureManifest[] => {
    const exact = procedures.filter(({ path }) => path.toLowerCase().includes(text.toLowerCase()));
    const near = fuse.search(text).map(({ item }) => item);
    return [...new Set([...exact.sort((one, other) => one.path.length - other.path.length), ...near])];
  };
};
