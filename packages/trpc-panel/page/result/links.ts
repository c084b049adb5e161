import type { Link, Manifest, ProcedureManifest } from '../../src/manifest.js';
import { namespaceOf } from '../navigation/find.js';
import { isObject, type JsonSchema, resolve } from '../schema/resolve.js';

/** A procedure that takes something of a result, with the input that it would get. */
export interface Use {
  readonly procedure: ProcedureManifest;
  readonly input: Record<string, unknown>;
}

const propertiesOf = ({ input }: ProcedureManifest): Record<string, JsonSchema> => {
  if (!input) return {};
  const schema = resolve(input, input);
  const options = schema.anyOf ?? schema.oneOf ?? [];
  return Object.assign({}, schema.properties, ...options.map((option) => resolve(option, input).properties));
};

const requiredOf = ({ input }: ProcedureManifest): readonly string[] => (input && resolve(input, input).required) ?? [];

/** The procedures that take an item of a result. The likeliest comes first: it reads that very thing. */
export const usesOf = (
  manifest: Manifest,
  from: string,
  links: readonly Link[],
  item: Record<string, unknown>,
  given: unknown,
): Use[] => {
  const uses = manifest.procedures.flatMap((procedure) => {
    const properties = propertiesOf(procedure);
    const fitting = links.filter(
      ({ from: field, to, within }) =>
        to in properties &&
        (item[field] ?? undefined) !== undefined &&
        (within === undefined || procedure.path.startsWith(`${within}.`)),
    );
    if (procedure.path === from || fitting.length === 0) return [];
    // What the call was given stays where the other procedure needs it: the user whose role this is.
    const required = requiredOf(procedure);
    const carried = Object.entries(isObject(given) ? given : {}).filter(
      ([key]) => required.includes(key) && key in properties,
    );
    const own = fitting.map(({ from: field, to }) => [to, item[field]] as const);
    return [{ procedure, input: { ...Object.fromEntries(carried), ...Object.fromEntries(own) } }];
  });
  const distance = ({ procedure }: Use): number =>
    (procedure.kind === 'query' ? 0 : 100) +
    (namespaceOf(procedure.path) === namespaceOf(from) ? 0 : 10) +
    requiredOf(procedure).length;
  return uses.sort((one, other) => distance(one) - distance(other));
};
