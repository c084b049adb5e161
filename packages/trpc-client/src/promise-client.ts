import { type TRPCRequestOptions, TRPCUntypedClient } from '@trpc/client';
import type { Send } from './call.js';
import { withoutDirection } from './infinite-input.js';
import type { AppRouter } from './router-types.js';

/**
 * tRPC's client, but for the way of a call: from promise to promise, where tRPC's own goes through a chain of
 * observables, which for calls with one answer each is most of what they cost.
 */
export class PromiseClient extends TRPCUntypedClient<AppRouter> {
  readonly #send: Send;
  #calls = 0;

  constructor(send: Send) {
    super({ links: [] });
    this.#send = send;
  }

  override query(path: string, input?: unknown, options?: TRPCRequestOptions): Promise<unknown> {
    return this.#call('query', path, withoutDirection(input), options);
  }

  override mutation(path: string, input?: unknown, options?: TRPCRequestOptions): Promise<unknown> {
    return this.#call('mutation', path, input, options);
  }

  #call(type: 'query' | 'mutation', path: string, input: unknown, options: TRPCRequestOptions = {}): Promise<unknown> {
    this.#calls += 1;
    return this.#send({
      id: this.#calls,
      type,
      path,
      input,
      context: options.context ?? {},
      signal: options.signal ?? null,
    });
  }
}
