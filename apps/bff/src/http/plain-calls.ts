import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AnyTRPCProcedure, getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import { getErrorShape } from '@trpc/server/shared';
import { jsonTextOf } from '@users-bff/logto-users';
import { appRouter } from '../router/index.js';
import type { Context } from '../trpc.js';
import { answer } from './answer.js';
import { callerSignal } from './caller-signal.js';
import type { Sent } from './read-call.js';

/** What tRPC's own adapter is told as well. */
export interface PlainCallOptions {
  /** Calls in one HTTP request. */
  readonly maxBatchSize: number;
  readonly createContext: (given: { req: IncomingMessage; res: ServerResponse }) => Context;
  readonly responseMeta: (known: { ctx: Context; errors: readonly TRPCError[] }) => { headers: Record<string, string> };
}

interface Calls {
  readonly type: 'query' | 'mutation';
  readonly paths: readonly string[];
  readonly called: readonly AnyTRPCProcedure[];
  readonly inputs: Readonly<Record<number, unknown>>;
  readonly isBatch: boolean;
}

interface Answer {
  readonly status: number;
  /** JSON. */
  readonly text: string;
}

/** As tRPC answers: by what the caller takes, where streams are possible. */
const ALWAYS = ['vary', 'trpc-accept, accept', 'content-type', 'application/json'];

/** Nothing that a parser of URLs would see otherwise. */
const PLAIN_URL = /^\/trpc\/([\w.,]+)(?:\?[^?#]*)?$/;
const PLAIN_HOST = /^[\w.-]+(:\d+)?$/;

const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, AnyTRPCProcedure>>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The inputs by their place; `undefined` for what is no JSON, or no inputs of a batch. */
const inputsOf = (
  text: string | undefined,
  isPost: boolean,
  isBatch: boolean,
): Readonly<Record<number, unknown>> | undefined => {
  try {
    // By GET none is needed, and an empty one is none.
    const value: unknown = text || isPost ? JSON.parse(text ?? '') : {};
    if (!isBatch) return { 0: text ? value : undefined };
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** The procedures of a request; `undefined` where not all are called in the same plain way. */
const proceduresOf = (paths: readonly string[], isPost: boolean): AnyTRPCProcedure[] | undefined => {
  const called: AnyTRPCProcedure[] = [];
  for (const path of paths) {
    const procedure = Object.hasOwn(procedures, path) ? procedures[path] : undefined;
    const type = procedure?._def.type;
    if (!procedure || type === 'subscription' || type !== (called[0]?._def.type ?? type)) return undefined;
    if (type === 'mutation' && !isPost) return undefined;
    called.push(procedure);
  }
  return called;
};

/** The calls of a request; `undefined` where there is anything unusual about it. */
const callsOf = (request: IncomingMessage, { parameters, text }: Sent, maxBatchSize: number): Calls | undefined => {
  const { headers, method, url = '' } = request;
  const isPost = method === 'POST';
  if (headers['trpc-accept'] !== undefined || headers.accept?.includes('jsonl')) return undefined;
  if (!isPost && headers['content-type'] !== undefined) return undefined;
  const path = PLAIN_URL.exec(url)?.[1];
  if (path === undefined || !PLAIN_HOST.test(headers.host ?? '') || parameters.has('connectionParams')) {
    return undefined;
  }
  const isBatch = parameters.get('batch') === '1';
  const paths = isBatch ? path.split(',') : [path];
  if (paths.length > maxBatchSize) return undefined;
  const inputs = inputsOf(text, isPost, isBatch);
  const called = inputs && proceduresOf(paths, isPost);
  return called && { type: called[0]?._def.type as Calls['type'], paths, called, inputs, isBatch };
};

/**
 * Answers plain calls of procedures, one or a batch, as tRPC's adapter would, and leaves to it whatever is not plain:
 * streams, faults in the request, names that do not exist. It spares them the conversion of Node's request into the
 * one of the Fetch standard and of its response back, which takes more time than all checks of a call together.
 *
 * @returns Whether it answers; resolves when it has.
 */
export const plainCalls =
  ({ maxBatchSize, createContext, responseMeta }: PlainCallOptions) =>
  (request: IncomingMessage, response: ServerResponse, sent: Sent): Promise<void> | undefined => {
    const asked = callsOf(request, sent, maxBatchSize);
    if (!asked) return undefined;
    const { type, paths, called, inputs, isBatch } = asked;
    const ctx = createContext({ req: request, res: response });
    // No procedure here asks it for more.
    const signal = callerSignal(response) as AbortSignal;
    const errors: TRPCError[] = [];

    const call = async (procedure: AnyTRPCProcedure, batchIndex: number): Promise<Answer> => {
      const path = paths[batchIndex] as string;
      const input = inputs[batchIndex];
      try {
        const getRawInput = async () => input;
        const data = await procedure({ path, type, ctx, signal, batchIndex, getRawInput });
        const text = jsonTextOf(data);
        return { status: 200, text: `{"result":{${text === undefined ? '' : `"data":${text}`}}}` };
      } catch (cause) {
        const error = getTRPCErrorFromUnknown(cause);
        errors[batchIndex] = error;
        const shape = getErrorShape({ config: appRouter._def._config, error, type, path, input, ctx });
        return { status: shape.data.httpStatus, text: JSON.stringify({ error: shape }) };
      }
    };

    const end = (status: number, text: string): void => {
      const { headers } = responseMeta({ ctx, errors });
      answer(response, status, text, [...ALWAYS, ...Object.entries(headers).flat()]);
    };

    const answerOne = async (): Promise<void> => {
      const { status, text } = await call(called[0] as AnyTRPCProcedure, 0);
      end(status, text);
    };
    const answerAll = async (): Promise<void> => {
      const answers = await Promise.all(called.map(call));
      const status = answers[0]?.status ?? 200;
      const isUniform = answers.every((answer) => answer.status === status);
      end(isUniform ? status : 207, `[${answers.map(({ text }) => text).join(',')}]`);
    };
    return isBatch ? answerAll() : answerOne();
  };
