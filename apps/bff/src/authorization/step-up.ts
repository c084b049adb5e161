import type { Caller } from '../authentication/caller.js';
import { StepUpError } from '../errors.js';

/** How recently and how strongly a person must have signed in (RFC 9470). */
export interface StepUpOptions {
  readonly maxAgeSeconds: number | undefined;
  /** Authentication context classes, one of which it takes. */
  readonly acrValues: readonly string[] | undefined;
}

/**
 * Lets a caller pass who signed in recently and strongly enough. A machine does not sign in, and passes.
 *
 * @throws StepUpError which tells what is asked for.
 */
export const requireStepUp = (caller: Caller, { maxAgeSeconds, acrValues }: StepUpOptions): void => {
  if (caller.kind === 'machine') return;
  const age = Date.now() / 1_000 - (caller.authTime ?? 0);
  const isRecent = maxAgeSeconds === undefined || age <= maxAgeSeconds;
  const isStrong = acrValues === undefined || acrValues.includes(caller.acr ?? '');
  if (!isRecent || !isStrong) throw new StepUpError(maxAgeSeconds, acrValues?.join(' '));
};
