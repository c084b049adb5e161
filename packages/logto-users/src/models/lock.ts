/** `true` when two types are the same, to the letter: locks a hand-written interface to its schema. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Fails to compile unless it is given `true`. */
export type Expect<T extends true> = T;
