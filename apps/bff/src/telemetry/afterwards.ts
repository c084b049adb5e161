import { inThisTrace } from './tracing.js';

/** What is put off until callers have their answers. */
export interface Afterwards {
  /** Does it in a few milliseconds, in its own trace. */
  add(work: () => void): void;
  /** Does at once all that has been put off. */
  catchUp(): void;
}

/** Long enough for whoever has been answered to go on: work right after an answer keeps the processor from them. */
const PAUSE_MS = 5;

/** Makes it. What has gathered is done in one go, which is quicker than each alone. */
export const createAfterwards = (): Afterwards => {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const catchUp = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const due = waiting;
    waiting = [];
    for (const work of due) work();
  };
  return {
    add(work) {
      waiting.push(inThisTrace(work));
      timer ??= setTimeout(catchUp, PAUSE_MS);
    },
    catchUp,
  };
};
