/** Those who wait: one caller's in their order, the callers by turns (round robin). */
export interface FairQueue<Waiter> {
  readonly size: number;
  /** How many of a caller's wait. */
  sizeOf(caller: string): number;
  add(caller: string, waiter: Waiter): void;
  /** Takes out one who leaves before its turn. */
  remove(caller: string, waiter: Waiter): void;
  /** Takes out the first waiter of the first caller in turn who may go. */
  next(mayGo: (caller: string) => boolean): Waiter | undefined;
}

/** Makes a queue. No step of it takes longer the more wait. */
export const createFairQueue = <Waiter>(): FairQueue<Waiter> => {
  // Both keep the order in which was added to them: whoever has had a turn is added again at the end.
  const lines = new Map<string, Set<Waiter>>();
  let size = 0;

  const takeOut = (caller: string, line: Set<Waiter>, waiter: Waiter): void => {
    if (!line.delete(waiter)) return;
    size -= 1;
    if (line.size === 0) lines.delete(caller);
  };

  return {
    get size() {
      return size;
    },
    sizeOf: (caller) => lines.get(caller)?.size ?? 0,
    add(caller, waiter) {
      const line = lines.get(caller) ?? new Set();
      lines.set(caller, line.add(waiter));
      size += 1;
    },
    remove(caller, waiter) {
      const line = lines.get(caller);
      if (line) takeOut(caller, line, waiter);
    },
    next(mayGo) {
      for (const [caller, line] of lines) {
        if (!mayGo(caller)) continue;
        const waiter = line.values().next().value as Waiter;
        lines.delete(caller);
        lines.set(caller, line);
        takeOut(caller, line, waiter);
        return waiter;
      }
      return undefined;
    },
  };
};
