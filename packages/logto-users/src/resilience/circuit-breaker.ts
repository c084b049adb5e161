import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
  type IBreaker,
} from 'cockatiel';
import { LogtoCircuitOpenError } from '../errors.js';
import type { LogtoResponse } from '../read-response.js';

/** `half-open`: one request goes out to see whether Logto answers again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Requests of the last ten seconds, of which half must have failed, and twenty at least be there. */
const WINDOW_SECONDS = 10;
const MINIMUM = 20;
const FAILING_SHARE = 0.5;
/** A fifth more at most, so that replicas do not probe in step. */
const PROBE_AFTER_MS = 5_000;

/** Statuses of a gateway whose Logto is away. A 500 is Logto's own word on one request. */
const GATEWAY_FAILURES = new Set([502, 503, 504]);

const states: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
};

/** Counts by the second, so that what is older than the window is never counted, however few the requests. */
const createSampler = (): IBreaker => {
  let seconds: { at: number; good: number; bad: number }[] = [];
  const count = (outcome: 'good' | 'bad'): void => {
    const at = Math.floor(performance.now() / 1_000);
    seconds = seconds.filter((second) => second.at > at - WINDOW_SECONDS);
    const last = seconds.at(-1);
    if (last?.at === at) last[outcome] += 1;
    else seconds.push({ at, good: 0, bad: 0, [outcome]: 1 });
  };
  return {
    state: undefined,
    success(state) {
      if (state === CircuitState.HalfOpen) seconds = [];
      count('good');
    },
    failure(state) {
      count('bad');
      if (state !== CircuitState.Closed) return true;
      const bad = seconds.reduce((sum, second) => sum + second.bad, 0);
      const all = seconds.reduce((sum, { good }) => sum + good, bad);
      return all >= MINIMUM && bad >= all * FAILING_SHARE;
    },
  };
};

interface Result {
  readonly response?: LogtoResponse;
  readonly error?: unknown;
  /** `silent`: it says nothing of Logto, as where a caller left. */
  readonly verdict: 'good' | 'bad' | 'silent';
}

/** Keeps requests from a Logto that is away. */
export interface CircuitBreaker {
  /** @throws {@link LogtoCircuitOpenError} where Logto is left alone at the moment. */
  check(operation: string): void;
  /**
   * Sends a request, and learns from it. Throws what `check` throws, and whatever the request does.
   *
   * @param isFault Whether an error is Logto's.
   */
  run(
    operation: string,
    request: () => Promise<LogtoResponse>,
    isFault: (error: unknown) => boolean,
  ): Promise<LogtoResponse>;
}

/** Makes a breaker. While it is open one request every five seconds finds out whether Logto is back. */
export const createCircuitBreaker = (onChange: (state: BreakerState) => void): CircuitBreaker => {
  let probeAt = 0;
  const policy = circuitBreaker(
    handleWhenResult((result) => (result as Result).verdict === 'bad'),
    {
      breaker: createSampler(),
      halfOpenAfter: new DelegateBackoff(() => {
        const pause = PROBE_AFTER_MS * (1 + Math.random() / 5);
        probeAt = performance.now() + pause;
        return pause;
      }),
    },
  );
  policy.onStateChange((state) => onChange(states[state]));

  const refusal = (operation: string) =>
    new LogtoCircuitOpenError(operation, Math.max(Math.ceil((probeAt - performance.now()) / 1_000), 1));

  const check = (operation: string): void => {
    const isWaiting = policy.state === CircuitState.Open && performance.now() < probeAt;
    if (isWaiting || policy.state === CircuitState.HalfOpen) throw refusal(operation);
  };

  return {
    check,
    async run(operation, request, isFault) {
      check(operation);
      const isProbe = policy.state === CircuitState.Open;
      const observed = async (): Promise<Result> => {
        const result = await request().then(
          (response): Result => ({ response, verdict: GATEWAY_FAILURES.has(response.status) ? 'bad' : 'good' }),
          (error: unknown): Result => ({ error, verdict: isFault(error) ? 'bad' : 'silent' }),
        );
        if (result.verdict !== 'silent') return result;
        // A probe that was given up has proven nothing: the next one must.
        if (isProbe) return { ...result, verdict: 'bad' };
        throw result.error;
      };
      const { response, error } = await policy.execute(observed).catch((thrown: unknown): never => {
        throw thrown instanceof BrokenCircuitError ? refusal(operation) : thrown;
      });
      if (!response) throw error;
      return response;
    },
  };
};
