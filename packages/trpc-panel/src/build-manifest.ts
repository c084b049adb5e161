import type { AnyProcedure, AnyRouter } from '@trpc/server';
import { isZodSchema, type JsonSchema, toJsonSchema } from './json-schema.js';
import type { Link, Manifest, ProcedureManifest, Transformer } from './manifest.js';
import type { ProcedureDescription, ProcedureFacts, TrpcPanelOptions } from './options.js';
import { transformerOf } from './transformer.js';

interface ProcedureParts {
  readonly type: ProcedureFacts['kind'];
  readonly meta: unknown;
  readonly inputs: readonly unknown[];
  readonly output?: unknown;
}

/** Procedures by name, those of lazy routers too; but of one that cannot be loaded nothing is known. */
const proceduresOf = async (router: AnyRouter): Promise<[path: string, parts: ProcedureParts][]> => {
  const { _def } = router;
  const tried = new Set<string>();
  for (;;) {
    const lazy = Object.entries(_def.lazy).filter(([key]) => !tried.has(key));
    if (lazy.length === 0) break;
    for (const [key] of lazy) tried.add(key);
    await Promise.allSettled(lazy.map(([, loader]) => loader.load()));
  }
  return Object.entries(_def.procedures as Record<string, AnyProcedure>).map(([path, procedure]) => [
    path,
    procedure._def as unknown as ProcedureParts,
  ]);
};

const DESTRUCTIVE = /^(delete|remove|destroy|purge|revoke)/i;

const describeByMeta = ({ meta }: ProcedureFacts): ProcedureDescription => {
  const said = (typeof meta === 'object' && meta !== null ? meta : {}) as Record<string, unknown>;
  const text = (key: string) => (typeof said[key] === 'string' ? said[key] : undefined);
  return {
    summary: text('summary'),
    description: text('description'),
    permission: text('permission'),
    ...('deprecated' in said && { isDeprecated: said['deprecated'] === true }),
    ...('destructive' in said && { isDestructive: said['destructive'] === true }),
  };
};

const properties = (schema: JsonSchema): Readonly<Record<string, JsonSchema>> => schema.properties ?? {};

/** Inputs of a chain of procedures hold at once. */
const both = (one: JsonSchema, other: JsonSchema): JsonSchema => {
  const definitions = { ...one.definitions, ...other.definitions };
  const all = Object.keys(definitions).length > 0 ? { definitions } : {};
  if (one.type !== 'object' || other.type !== 'object') return { ...all, allOf: [one, other] };
  return {
    ...one,
    ...other,
    ...all,
    properties: { ...properties(one), ...properties(other) },
    required: [...new Set([...(one.required ?? []), ...(other.required ?? [])])],
  };
};

/** Words on what a form, or JSON, cannot say. */
const shortcomings = (schema: JsonSchema, transformer: Transformer): string | undefined => {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const wire = (value as JsonSchema)['x-wire'];
    if (typeof wire === 'string') found.add(wire);
    Object.values(value).forEach(visit);
  };
  visit(schema);
  if (schema['x-wire'] === 'file' || found.has('file'))
    return 'It takes a file, which JSON cannot carry: call it from code.';
  if (found.has('impossible')) return 'It takes a value that cannot be sent: a function, a symbol or a promise.';
  if (schema['x-wire'] === 'custom') return 'Its input is checked by code alone, which says nothing of its shape.';
  const typed = ['date', 'bigint', 'set', 'map'].filter((wire) => found.has(wire));
  if (transformer !== 'superjson' && typed.length > 0) {
    return `It takes a ${typed.join(', a ')}, which plain JSON cannot carry: the router has no transformer that the panel knows.`;
  }
  return undefined;
};

const inputOf = (inputs: readonly unknown[], transformer: Transformer): Pick<ProcedureManifest, 'input' | 'noForm'> => {
  if (inputs.length === 0) return {};
  const schemas = inputs.filter(isZodSchema);
  if (schemas.length < inputs.length) {
    return { input: { 'x-wire': 'custom' }, noForm: 'Its input is checked by something else than a zod 4 schema.' };
  }
  try {
    const input = schemas.map((schema) => toJsonSchema(schema, 'input')).reduce(both);
    if (input['x-wire'] === 'undefined') return {};
    const noForm =
      transformer === 'unknown'
        ? 'The router has a transformer that the panel does not know: write the input as it travels.'
        : shortcomings(input, transformer);
    return { input, ...(noForm !== undefined && { noForm }) };
  } catch {
    return { input: { 'x-wire': 'custom' }, noForm: 'Its schema cannot be put into JSON Schema.' };
  }
};

const outputOf = (schema: unknown): JsonSchema | undefined => {
  if (!isZodSchema(schema)) return undefined;
  try {
    return toJsonSchema(schema, 'output');
  } catch {
    return undefined;
  }
};

const toManifest = (
  path: string,
  { type: kind, meta, inputs, output }: ProcedureParts,
  describe: NonNullable<TrpcPanelOptions['describe']>,
  transformer: Transformer,
): ProcedureManifest => {
  const description = describe({ path, kind, meta });
  const { isDeprecated = false, output: described = output, ...texts } = description;
  const { isDestructive = kind === 'mutation' && DESTRUCTIVE.test(path.split('.').at(-1) ?? '') } = description;
  const told = outputOf(described);
  return {
    path,
    kind,
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined)),
    isDeprecated,
    isDestructive,
    ...inputOf(inputs, transformer),
    ...(told && { output: told }),
  };
};

const singular = (name: string): string =>
  name
    .replace(/ies$/, 'y')
    .replace(/(ss|us)es$/, '$1')
    .replace(/s$/, '');

const inputKeys = ({ input }: ProcedureManifest): string[] => [
  ...Object.keys(input?.properties ?? {}),
  ...(input?.anyOf ?? input?.oneOf ?? []).flatMap((option) => Object.keys(option.properties ?? {})),
];

/** `id` in `users` is what others call `userId`. */
const usualLinks = (procedures: readonly ProcedureManifest[]): Record<string, Link[]> => {
  const keys = new Set(procedures.flatMap(inputKeys));
  return Object.fromEntries(
    procedures.flatMap(({ path }) => {
      const namespace = path.split('.').at(-2);
      const to = namespace && `${singular(namespace)}Id`;
      return to && keys.has(to) ? [[path, [{ from: 'id', to }]]] : [];
    }),
  );
};

/** All that the panel shows of a router. */
export const buildManifest = async (options: TrpcPanelOptions): Promise<Manifest> => {
  const { router, describe = describeByMeta, links, errors } = options;
  const transformer = transformerOf(router);
  const procedures = (await proceduresOf(router)).map(([path, parts]) =>
    toManifest(path, parts, describe, transformer),
  );
  return {
    transformer,
    procedures,
    links: { ...usualLinks(procedures), ...links },
    errors: { from: 'The system behind', codeAt: [], known: {}, ...errors },
  };
};
