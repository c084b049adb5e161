/** A part that the server leans on. */
export interface Check {
  readonly name: string;
  /** Without it having worked once no call can be served. */
  readonly isRequired: boolean;
}

/** How a part is at the moment. */
export interface CheckReport {
  readonly status: 'unknown' | 'ok' | 'failing';
  /** Whether `failing` and `unknown` keep the server from being ready. */
  readonly required: boolean;
  /** Seconds since this was found out. */
  readonly ageSeconds?: number;
  /** What is wrong, in words of this program. */
  readonly detail?: string;
}

/** What `/readyz` says. */
export interface ReadinessReport {
  readonly status: 'ready' | 'not ready';
  readonly checks: Readonly<Record<string, CheckReport>>;
}

/** Remembers how the parts were when they were last used: a probe asks nobody. */
export interface Readiness {
  ok(name: string): void;
  failing(name: string, detail: string): void;
  /** From now on the server is not ready. */
  stop(): void;
  report(): ReadinessReport;
}

interface State {
  status: CheckReport['status'];
  at: number;
  detail: string | undefined;
  wasOk: boolean;
}

/**
 * Makes the memory. What has worked once and fails later is told, and leaves the server ready: one outage of Logto
 * would otherwise take all replicas out of service at once.
 */
export const createReadiness = (checks: readonly Check[]): Readiness => {
  const states = new Map<string, State>(
    checks.map(({ name }) => [name, { status: 'unknown', at: 0, detail: undefined, wasOk: false }]),
  );
  let isStopping = false;

  const found = (name: string, status: 'ok' | 'failing', detail?: string): void => {
    const wasOk = status === 'ok' || (states.get(name)?.wasOk ?? false);
    states.set(name, { status, at: performance.now(), detail, wasOk });
  };

  return {
    ok: (name) => found(name, 'ok'),
    failing: (name, detail) => found(name, 'failing', detail),
    stop() {
      isStopping = true;
    },
    report() {
      const isReady = !isStopping && checks.every(({ name, isRequired }) => !isRequired || states.get(name)?.wasOk);
      const reports = checks.map(({ name, isRequired }): [string, CheckReport] => {
        const { status, at, detail } = states.get(name) as State;
        return [
          name,
          {
            status,
            required: isRequired,
            ...(status !== 'unknown' && { ageSeconds: Math.round((performance.now() - at) / 1_000) }),
            ...(detail !== undefined && { detail }),
          },
        ];
      });
      const stopping: [string, CheckReport][] = isStopping
        ? [['process', { status: 'failing', required: true, detail: 'stopping' }]]
        : [];
      return { status: isReady ? 'ready' : 'not ready', checks: Object.fromEntries([...stopping, ...reports]) };
    },
  };
};
