import type { UsersErrorShape } from '@users-bff/bff/client-types';
import type { LogtoRefusal } from '@users-bff/logto-users';
import type { AppRouter } from '../router-types.js';

type Answer<In, Out> = (input: In) => Out | Promise<Out>;

type Fakes<Procedures> = {
  [Key in keyof Procedures]?: Procedures[Key] extends { _def: { $types: { input: infer In; output: infer Out } } }
    ? Answer<In, Out>
    : Fakes<Procedures[Key]>;
};

/** Functions in place of procedures, by name; what is missing is refused. */
export type FakeProcedures = Fakes<AppRouter['_def']['record']>;

type Code = UsersErrorShape['data']['code'];

const STATUS: Partial<Record<Code, number>> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  UNPROCESSABLE_CONTENT: 422,
  TOO_MANY_REQUESTS: 429,
  BAD_GATEWAY: 502,
  SERVICE_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
};

/** What a fake error tells besides its code. */
export interface FakeErrorFacts {
  readonly message?: string;
  readonly logto?: LogtoRefusal;
  readonly issues?: UsersErrorShape['data']['issues'];
  readonly retryAfterSeconds?: number;
}

/** An error that a fake procedure throws, and the client gets as the BFF would have sent it. */
export class FakeError extends Error {
  readonly code: Code;
  readonly facts: FakeErrorFacts;

  constructor(code: Code, facts: FakeErrorFacts = {}) {
    super(facts.message ?? facts.logto?.message ?? code);
    this.name = 'FakeError';
    this.code = code;
    this.facts = facts;
  }
}

/** One call that a fake has seen. */
export interface FakeCall {
  /** Name of the procedure, such as `users.get`. */
  readonly path: string;
  readonly input: unknown;
}

/** A BFF that is none. */
export interface FakeBff {
  /** For `createUsersClient({ fetch })`. */
  fetch(url: URL | Request | string, init?: RequestInit): Promise<Response>;
  /** Answers a request, as a handler of msw needs it: `http.all('*\/trpc/*', ({ request }) => fake.answer(request))`. */
  answer(request: Request): Promise<Response>;
  /** What was called, in order. */
  readonly calls: readonly FakeCall[];
}

const find = (procedures: unknown, path: string): Answer<unknown, unknown> | undefined => {
  const found = path
    .split('.')
    .reduce<unknown>((place, key) => (Object.hasOwn(Object(place), key) ? Object(place)[key] : undefined), procedures);
  return typeof found === 'function' ? (found as Answer<unknown, unknown>) : undefined;
};

const toShape = (error: unknown, path: string): UsersErrorShape => {
  const known =
    error instanceof FakeError
      ? error
      : new FakeError('INTERNAL_SERVER_ERROR', { message: `the fake ${path} failed: ${error}` });
  const { logto, issues, retryAfterSeconds } = known.facts;
  return {
    code: -32_603,
    message: known.message,
    data: {
      code: known.code,
      httpStatus: STATUS[known.code] ?? 500,
      path,
      requestId: 'fake',
      ...(logto && { logto }),
      ...(issues && { issues }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    },
  };
};

/**
 * A fake of the BFF for the tests of a frontend: it speaks its protocol, single calls and batches, and answers with the
 * functions that it is given, which have the types of the procedures.
 */
export const createFakeBff = (procedures: FakeProcedures): FakeBff => {
  const calls: FakeCall[] = [];
  const callOne = async (
    path: string,
    input: unknown,
  ): Promise<{ result: { data: unknown } } | { error: UsersErrorShape }> => {
    calls.push({ path, input });
    const procedure = find(procedures, path);
    try {
      if (!procedure) throw new FakeError('NOT_FOUND', { message: `the fake has no ${path}` });
      return { result: { data: await procedure(input) } };
    } catch (error) {
      return { error: toShape(error, path) };
    }
  };
  const answer = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    const paths = decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1)).split(',');
    const isBatch = searchParams.has('batch');
    const text = request.method === 'POST' ? await request.text() : (searchParams.get('input') ?? '');
    const sent: unknown = text === '' ? undefined : JSON.parse(text);
    const inputs = isBatch ? ((sent ?? {}) as Record<string, unknown>) : { 0: sent };
    const answers = await Promise.all(paths.map((path, index) => callOne(path, inputs[index])));
    const [first] = answers;
    const status = !isBatch && first && 'error' in first ? first.error.data.httpStatus : isBatch ? 207 : 200;
    return Response.json(isBatch ? answers : first, { status });
  };
  return {
    calls,
    answer,
    fetch: (url, init) => answer(new Request(url, { ...init, signal: init?.signal ?? null })),
  };
};
