import { initTRPC, lazy, TRPCError, tracked } from '@trpc/server';
import { SuperJSON } from 'superjson';
import { z } from 'zod';

interface Meta {
  readonly summary?: string;
  readonly description?: string;
  readonly permission?: string;
  readonly deprecated?: boolean;
}

const t = initTRPC.meta<Meta>().create({ transformer: SuperJSON });

/** Tells what came, and of which kind. */
const kinds = (value: unknown): unknown => {
  if (value instanceof Date) return `Date ${value.toISOString()}`;
  if (typeof value === 'bigint') return `bigint ${value}`;
  if (value instanceof Set) return { Set: [...value].map(kinds) };
  if (value instanceof Map) return { Map: [...value].map(([key, item]) => [kinds(key), kinds(item)]) };
  if (Array.isArray(value)) return value.map(kinds);
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, kinds(child)]));
};

const echo = <S extends z.ZodType>(schema: S) => t.procedure.input(schema).mutation(({ input }) => kinds(input));

const Category = z.object({
  name: z.string().min(1),
  get parent() {
    return Category.nullable().optional();
  },
  get children() {
    return z.array(Category).optional();
  },
});

const Shape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('circle'), label: z.string().optional(), radius: z.number().positive() }),
  z.object({ type: z.literal('square'), label: z.string().optional(), side: z.number().positive() }),
]);

const scalars = t.router({
  text: echo(
    z.object({
      plain: z.string(),
      short: z.string().min(2).max(5).describe('two to five letters'),
      email: z.email().optional(),
      url: z.url().optional(),
      uuid: z.uuid().optional(),
      day: z.iso.date().optional(),
      code: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .optional(),
      branded: z.string().brand('Id').optional(),
      trimmed: z.string().trim().optional(),
      pattern: z.templateLiteral(['v', z.number()]).optional(),
    }),
  ),
  numbers: echo(
    z.object({
      any: z.number(),
      whole: z.int().min(1).max(10).default(3),
      step: z.number().multipleOf(0.5).optional(),
      negative: z.number().negative().nullable(),
      coerced: z.coerce.number().optional(),
    }),
  ),
  choices: echo(
    z.object({
      flag: z.boolean(),
      maybe: z.boolean().nullable().optional(),
      colour: z.enum(['red', 'green', 'blue']).default('green'),
      size: z.union([z.literal('s'), z.literal('m'), z.literal(3)]).optional(),
      only: z.literal('this'),
      level: z.enum({ Low: 1, High: 2 } as const).optional(),
    }),
  ),
  states: echo(
    z.object({
      optional: z.string().optional(),
      nullable: z.string().nullable(),
      nullish: z.string().nullish(),
      empty: z.union([z.string().min(3), z.literal('')]).optional(),
    }),
  ),
  bare: t.procedure.input(z.string().min(1)).query(({ input }) => `hello ${input}`),
});

const structures = t.router({
  nested: echo(
    z.object({
      name: z.string(),
      address: z
        .object({ street: z.string(), geo: z.object({ lat: z.number(), lon: z.number() }).optional() })
        .optional(),
      tags: z.array(z.string().min(1)).max(3).optional(),
      people: z.array(z.object({ name: z.string(), age: z.number().optional() })).default([]),
    }),
  ),
  tuples: echo(
    z.object({ pair: z.tuple([z.string(), z.number()]), rest: z.tuple([z.string()], z.number()).optional() }),
  ),
  records: echo(
    z.object({
      counts: z.record(z.string(), z.number()),
      fixed: z.record(z.enum(['a', 'b']), z.string()),
      partial: z.partialRecord(z.enum(['x', 'y']), z.boolean()).optional(),
      open: z.looseObject({ id: z.string() }).optional(),
    }),
  ),
  unions: echo(
    z.object({ value: z.union([z.string(), z.number(), z.array(z.string())]), shape: Shape, none: Shape.nullable() }),
  ),
  shape: echo(Shape),
  recursive: echo(Category),
  both: echo(z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() }))),
  json: echo(z.object({ anything: z.unknown(), custom: z.record(z.string(), z.unknown()).optional() })),
  refined: echo(
    z.object({ from: z.number(), to: z.number() }).refine(({ from, to }) => from <= to, {
      message: 'must not be before from',
      path: ['to'],
    }),
  ),
});

const typed = t.router({
  dates: echo(z.object({ at: z.date(), until: z.date().optional(), coerced: z.coerce.date().optional() })),
  bigints: echo(z.object({ amount: z.bigint(), limit: z.bigint().default(5n) })),
  collections: echo(z.object({ ids: z.set(z.bigint()), scores: z.map(z.string(), z.date()) })),
  pipes: echo(z.object({ length: z.string().transform((text) => text.length), codec: z.stringbool() })),
  answers: t.procedure.query(() => ({
    at: new Date(0),
    big: 12345678901234567890n,
    set: new Set([1, 2]),
    none: undefined,
  })),
});

const odd = t.router({
  file: echo(z.object({ avatar: z.file() })),
  form: echo(z.instanceof(FormData)),
  custom: echo(z.custom<string>((value) => value === 'open sesame')),
  foreign: t.procedure.input((value: unknown) => String(value)).query(({ input }) => `foreign ${input}`),
  nothing: t.procedure.mutation(() => undefined),
  outputOnly: t.procedure.output(z.object({ version: z.string() })).query(() => ({ version: '1.0' })),
  chained: t.procedure
    .input(z.object({ tenant: z.string() }))
    .input(z.object({ tenant: z.string(), user: z.string() }))
    .query(({ input }) => input),
  old: t.procedure.meta({ deprecated: true, summary: 'Use outputOnly.' }).query(() => 'old'),
  admin: t.procedure.meta({ permission: 'admin' }).mutation(() => 'done'),
  deleteAll: t.procedure.mutation(() => 'gone'),
  fails: t.procedure
    .input(z.object({ code: z.enum(['NOT_FOUND', 'CONFLICT', 'INTERNAL_SERVER_ERROR']) }))
    .query(({ input }) => {
      throw new TRPCError({ code: input.code, message: `asked to fail with ${input.code}` });
    }),
  slow: t.procedure.query(async ({ signal }) => {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, 20_000);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
    return 'at last';
  }),
  count: t.procedure.input(z.object({ to: z.int().min(1).max(5) })).subscription(async function* ({ input }) {
    for (let number = 1; number <= input.to; number += 1) yield tracked(String(number), { number, at: new Date(0) });
  }),
  danger: t.procedure.query(() => ({
    html: '<img src=x onerror="globalThis.wasRun=true">',
    link: 'javascript:globalThis.wasRun=true',
    svg: `data:image/svg+xml;base64,${btoa('<svg xmlns="http://www.w3.org/2000/svg"><script>globalThis.wasRun=true</script></svg>')}`,
  })),
  items: t.procedure
    .input(z.object({ cursor: z.int().optional(), size: z.int().default(2) }))
    .query(({ input: { cursor = 0, size } }) => ({
      items: Array.from({ length: size }, (_, index) => ({
        id: `item-${cursor + index}`,
        name: `Item ${cursor + index}`,
      })),
      ...(cursor + size < 6 && { nextCursor: cursor + size }),
    })),
  whoami: t.procedure.query(() => ({ name: 'Tester', permissions: ['read'] })),
});

const later = lazy(async () => ({
  default: t.router({
    hello: t.procedure.input(z.object({ name: z.string() })).query(({ input }) => `hello ${input.name}`),
  }),
}));

/** A router with everything that zod 4 has and tRPC users have. */
export const everything = t.router({ scalars, structures, typed, odd, later });

const plain = initTRPC.create();

/** A router without a transformer. */
export const plainRouter = plain.router({
  date: plain.procedure.input(z.object({ at: z.date() })).query(({ input }) => input.at),
  coerced: plain.procedure.input(z.object({ at: z.coerce.date() })).query(({ input }) => input.at),
  hello: plain.procedure.input(z.object({ name: z.string() })).query(({ input }) => `hello ${input.name}`),
});
