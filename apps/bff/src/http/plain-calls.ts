import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import { getErrorShape } from '@trpc/server/shared';
import type { Request, RequestHandler, Response } from 'express';
import { appRouter } from '../router/index.js';
import type { Context } from '../trpc.js';

/** What tRPC's own adapter is told as well. */
export interface PlainCallOptions {
  /** Calls in one HTTP request. */
  readonly maxBatchSize: number;
  readonly createContext: (given: { req: Request; res: Response }) => Context;
  readonly responseMeta: (known: { ctx: Context; errors: readonly TRPCError[] }) => { headers: Record<string, string> };
}

interface Call {
  readonly path: string;
  readonly type: 'query' | 'mutation';
  readonly procedure: AnyTRPCProcedure;
  readonly input: unknown;
}

interface Calls {
  readonly calls: readonly Call[];
  readonly isBatch: boolean;
}

/** As tRPC answers them: by what the caller takes, where streams are possible. */
const VARY = 'trpc-accept, accept';

/** Nothing that a parser of URLs would see otherwise. */
const PLAIN_URL = /^\/([\w.,]+)(?:\?([^?#]*))?$/;
const PLAIN_HOST = /^[\w.-]+(:\d+)?$/;

const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, AnyTRPCProcedure>>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The inputs by their place; `undefined` for what is no JSON, or no inputs of a batch. */
const inputsOf = (request: Request, given: string | null, isBatch: boolean): Record<number, unknown> | undefined => {
  const text = request.method === 'GET' ? given : (request.body as string);
  try {
    // By GET none is needed, and an empty one is none.
    const value: unknown = text || request.method === 'POST' ? JSON.parse(text ?? '') : {};
    if (!isBatch) return { 0: text ? value : undefined };
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** The calls of a request; `undefined` where there is anything unusual about it. */
const callsOf = (request: Request, maxBatchSize: number): Calls | undefined => {
  const { headers, method, url } = request;
  if (headers['trpc-accept'] !== undefined || headers.accept?.includes('jsonl')) return undefined;
  if (method === 'GET' && headers['content-type'] !== undefined) return undefined;
  const [, path = '', query = ''] = PLAIN_URL.exec(url) ?? [];
  if (!path || !PLAIN_HOST.test(headers.host ?? '')) return undefined;
  const parameters = new URLSearchParams(query);
  if (parameters.has('connectionParams')) return undefined;
  const isBatch = parameters.get('batch') === '1';
  const paths = isBatch ? path.split(',') : [path];
  if (paths.length > maxBatchSize) return undefined;
  const inputs = inputsOf(request, parameters.get('input'), isBatch);
  if (!inputs) return undefined;
  const calls: Call[] = [];
  for (const [index, each] of paths.entries()) {
    const procedure = Object.hasOwn(procedures, each) ? procedures[each] : undefined;
    const type = procedure?._def.type;
    if (!procedure || (type !== 'query' && type !== 'mutation') || type !== (calls[0]?.type ?? type)) return undefined;
    if (type === 'mutation' && method !== 'POST') return undefined;
    calls.push({ path: each, type, procedure, input: inputs[index] });
  }
  return { calls, isBatch };
};

/** Ends queries where the caller leaves before the answer. */
const signalOf = (response: Response): AbortSignal => {
  const leaving = new AbortController();
  response.once('close', () => {
    if (!response.writableEnded) leaving.abort();
  });
  return leaving.signal;
};

/**
 * Answers plain calls of procedures, one or a batch, as tRPC's adapter would, and leaves to it whatever is not plain:
 * streams, faults in the request, names that do not exist. It spares them the conversion of Node's request into the
 * one of the Fetch standard and of its response back, which takes more time than all checks of a call together.
 */
export const plainCalls =
  ({ maxBatchSize, createContext, responseMeta }: PlainCallOptions): RequestHandler =>
  async (request, response, next) => {
    const asked = callsOf(request, maxBatchSize);
    if (!asked) return next();
    const ctx = createContext({ req: request, res: response });
    const signal = signalOf(response);
    const errors: TRPCError[] = [];
    const answers = await Promise.all(
      asked.calls.map(async ({ procedure, path, type, input }, batchIndex) => {
        try {
          const data: unknown = await procedure({
            path,
            type,
            ctx,
            signal,
            batchIndex,
            getRawInput: async () => input,
          });
          return { status: 200, body: { result: { data } } };
        } catch (cause) {
          const error = getTRPCErrorFromUnknown(cause);
          errors[batchIndex] = error;
          const shape = getErrorShape({ config: appRouter._def._config, error, type, path, input, ctx });
          return { status: shape.data.httpStatus, body: { error: shape } };
        }
      }),
    );
    const [first] = answers;
    const isUniform = answers.every(({ status }) => status === first?.status);
    const { headers } = responseMeta({ ctx, errors: errors.filter(Boolean) });
    response.statusCode = isUniform ? (first?.status ?? 200) : 207;
    response.setHeader('vary', VARY);
    response.setHeader('content-type', 'application/json');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(JSON.stringify(asked.isBatch ? answers.map(({ body }) => body) : first?.body));
  };
