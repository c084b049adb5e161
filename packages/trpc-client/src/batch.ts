import { TRPCClientError } from '@trpc/client';
import { afterTick } from './after-tick.js';
import { abortedBy, type Call, type Failure, type Send } from './call.js';
import type { AppRouter } from './router-types.js';

/** How calls that go together are sent. */
export interface BatchingOptions {
  readonly url: string;
  /** Calls in one HTTP request. */
  readonly maxItems: number;
  /** Queries go by POST too: else by GET, with their inputs in the URL. */
  readonly isAllByPost: boolean;
  readonly headers: (calls: readonly Call[]) => Promise<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch | undefined;
}

/** A call that waits for its answer. */
interface Waiting {
  readonly call: Call;
  readonly succeed: (data: unknown) => void;
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
  else if (isObject(result)) succeed(result['data']);
  else fail(TRPCClientError.from<AppRouter>(new Error('The answer is none of a tRPC server.'), { meta }));
};

/** Tells when all calls of a request have been left; `undefined` where that cannot be: one of them has no signal. */
const signalOf = (waiting: readonly Waiting[]): AbortSignal | undefined => {
  if (waiting.some(({ call }) => !call.signal)) return undefined;
  const request = new AbortController();
  let left = waiting.length;
  for (const each of waiting) {
    each.onLeave = () => {
      left -= 1;
      if (left === 0) request.abort();
    };
  }
  return request.signal;
};

/** A call and its promise. Whoever gives it up is told so at once, and is no longer waited for. */
const wait = (call: Call, join: (waiting: Waiting) => void): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { signal } = call;
    if (!signal) {
      join({ call, succeed: resolve, fail: reject, onLeave: undefined, hasLeft: false });
      return;
    }
    if (signal.aborted) {
      reject(abortedBy(signal));
      return;
    }
    const leave = (): void => {
      waiting.hasLeft = true;
      waiting.onLeave?.();
      reject(abortedBy(signal));
    };
    const ending =
      <Value>(end: (value: Value) => void) =>
      (value: Value): void => {
        signal.removeEventListener('abort', leave);
        end(value);
      };
    const waiting: Waiting = {
      call,
      succeed: ending(resolve),
      fail: ending(reject),
      onLeave: undefined,
      hasLeft: false,
    };
    signal.addEventListener('abort', leave, { once: true });
    join(waiting);
  });

/**
 * Sends the calls of one tick in one HTTP request, queries and mutations apart. tRPC's own link waits for a timer, a
 * millisecond and more, which is a good part of what a page waits.
 */
export const batching = (options: BatchingOptions): Send => {
  const [base = '', ownQuery] = options.url.split('?');
  const endpoint = base.replace(/\/$/, '');

  const request = async (waiting: readonly Waiting[], isByPost: boolean, meta: Record<string, unknown>) => {
    const calls = waiting.map(({ call }) => call);
    const signal = signalOf(waiting);
    const inputs = JSON.stringify(Object.fromEntries(calls.map(({ input }, index) => [index, input])));
    const headers = await options.headers(calls);
    const query = [ownQuery, 'batch=1', !isByPost && `input=${encodeURIComponent(inputs)}`].filter(Boolean).join('&');
    const response = await (options.fetch ?? globalThis.fetch)(
      `${endpoint}/${calls.map(({ path }) => path).join(',')}?${query}`,
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
    return answers;
  };

  const send = async (waiting: readonly Waiting[], isByPost: boolean): Promise<void> => {
    const meta: Record<string, unknown> = {};
    try {
      const answers = await request(waiting, isByPost, meta);
      // What concerns the whole request is answered once.
      for (const [index, each] of waiting.entries())
        settle(each, Array.isArray(answers) ? answers[index] : answers, meta);
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error('The request failed.', { cause });
      for (const { fail } of waiting) fail(TRPCClientError.from<AppRouter>(error, { meta }));
    }
  };

  let queues: { readonly query: Waiting[]; readonly mutation: Waiting[] } | undefined;
  const sendAll = (): void => {
    const { query = [], mutation = [] } = queues ?? {};
    queues = undefined;
    for (const queue of [query, mutation]) {
      const waiting = queue.filter(({ hasLeft }) => !hasLeft);
      for (let start = 0; start < waiting.length; start += options.maxItems) {
        void send(waiting.slice(start, start + options.maxItems), options.isAllByPost || queue === mutation);
      }
    }
  };
  const join = (waiting: Waiting): void => {
    if (!queues) {
      queues = { query: [], mutation: [] };
      afterTick(sendAll);
    }
    queues[waiting.call.type === 'mutation' ? 'mutation' : 'query'].push(waiting);
  };

  return (call) => wait(call, join);
};
