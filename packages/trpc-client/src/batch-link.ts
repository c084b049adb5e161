import { type Operation, TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { afterTick } from './after-tick.js';
import type { AppRouter } from './router-types.js';

/** How calls that go together are sent. */
export interface BatchLinkOptions {
  readonly url: string;
  /** Calls in one HTTP request. */
  readonly maxItems: number;
  /** Queries go by POST too: else by GET, with their inputs in the URL. */
  readonly isAllByPost: boolean;
  readonly headers: (ops: readonly Operation[]) => Promise<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch | undefined;
}

type Failure = TRPCClientError<AppRouter>;

/** A call that waits for its answer. */
interface Waiting {
  readonly op: Operation;
  readonly succeed: (data: unknown, meta: Record<string, unknown>) => void;
  /** Told after all of a batch have had their answers: tRPC takes its time to end a call. */
  readonly complete: () => void;
  readonly fail: (error: Failure) => void;
  /** Told that nobody wants the answer any more. */
  onLeave: (() => void) | undefined;
  hasLeft: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Hands one answer of a batch to its call. */
const settle = ({ succeed, fail }: Waiting, answer: unknown, meta: Record<string, unknown>): void => {
  const { error, result } = isObject(answer) ? answer : {};
  if (isObject(error))
    fail(TRPCClientError.from<AppRouter>({ error } as Parameters<typeof TRPCClientError.from>[0], { meta }));
  else if (isObject(result)) succeed(result['data'], meta);
  else fail(TRPCClientError.from<AppRouter>(new Error('The answer is none of a tRPC server.'), { meta }));
};

/** Tells when all calls of a request have been left; `undefined` where that cannot be: no call has a signal. */
const signalOf = (calls: readonly Waiting[]): AbortSignal | undefined => {
  if (!calls.some(({ op }) => op.signal)) return undefined;
  const request = new AbortController();
  let left = calls.length;
  for (const call of calls) {
    call.onLeave = () => {
      left -= 1;
      if (left === 0) request.abort();
    };
  }
  return request.signal;
};

/**
 * Sends the calls of one tick in one HTTP request, queries and mutations apart. tRPC's own link waits for a timer, a
 * millisecond and more, which is a good part of what a page waits.
 */
export const batchLink = (options: BatchLinkOptions): TRPCLink<AppRouter> => {
  const [base = '', ownQuery] = options.url.split('?');
  const endpoint = base.replace(/\/$/, '');

  const send = async (calls: readonly Waiting[], isByPost: boolean): Promise<void> => {
    const meta: Record<string, unknown> = {};
    const signal = signalOf(calls);
    try {
      const ops = calls.map(({ op }) => op);
      const inputs = JSON.stringify(Object.fromEntries(ops.map(({ input }, index) => [index, input])));
      const headers = await options.headers(ops);
      const query = [ownQuery, 'batch=1', !isByPost && `input=${encodeURIComponent(inputs)}`].filter(Boolean).join('&');
      const response = await (options.fetch ?? globalThis.fetch)(
        `${endpoint}/${ops.map(({ path }) => path).join(',')}?${query}`,
        {
          method: isByPost ? 'POST' : 'GET',
          ...(signal && { signal }),
          headers: { ...(isByPost && { 'content-type': 'application/json' }), ...headers },
          ...(isByPost && { body: inputs }),
        },
      );
      meta['response'] = response;
      const answers: unknown = await response.json();
      meta['responseJSON'] = answers;
      // What concerns the whole request is answered once.
      for (const [index, call] of calls.entries())
        settle(call, Array.isArray(answers) ? answers[index] : answers, meta);
      afterTick(() => {
        for (const { complete } of calls) complete();
      });
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error('The request failed.', { cause });
      for (const { fail } of calls) fail(TRPCClientError.from<AppRouter>(error, { meta }));
    }
  };

  return () => {
    let queues: { readonly query: Waiting[]; readonly mutation: Waiting[] } | undefined;
    const sendAll = (): void => {
      const { query = [], mutation = [] } = queues ?? {};
      queues = undefined;
      for (const queue of [query, mutation]) {
        const calls = queue.filter(({ hasLeft }) => !hasLeft);
        for (let start = 0; start < calls.length; start += options.maxItems) {
          void send(calls.slice(start, start + options.maxItems), options.isAllByPost || queue === mutation);
        }
      }
    };
    const join = (call: Waiting): void => {
      if (!queues) {
        queues = { query: [], mutation: [] };
        afterTick(sendAll);
      }
      queues[call.op.type === 'mutation' ? 'mutation' : 'query'].push(call);
    };

    return ({ op }) =>
      observable((observer) => {
        const call: Waiting = {
          op,
          succeed(data, context) {
            stop();
            observer.next({ context, result: { type: 'data', data } });
          },
          complete: () => observer.complete(),
          fail(error) {
            stop();
            observer.error(error);
          },
          onLeave: undefined,
          hasLeft: false,
        };
        const leave = (): void => {
          if (call.hasLeft) return;
          call.hasLeft = true;
          call.onLeave?.();
        };
        const abort = (): void => {
          leave();
          const { reason } = op.signal ?? {};
          call.fail(TRPCClientError.from<AppRouter>(reason instanceof Error ? reason : new Error('aborted')));
        };
        const stop = (): void => {
          call.onLeave = undefined;
          op.signal?.removeEventListener('abort', abort);
        };
        if (op.signal?.aborted) abort();
        else {
          op.signal?.addEventListener('abort', abort);
          join(call);
        }
        return () => {
          leave();
          stop();
        };
      });
  };
};
