import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const root = new URL('../../', import.meta.url);

export const pathOf = (name: string): string => fileURLToPath(new URL(name, root));

export const textOf = (name: string): string => readFileSync(pathOf(name), 'utf8');

/** The documents of a YAML file; merge keys (`<<`) are resolved. */
export const yamlOf = <T>(name: string): T[] =>
  parseAllDocuments(textOf(name), { merge: true, strict: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(`${name}: ${document.errors[0]?.message}`);
    return document.toJS() as T;
  });
