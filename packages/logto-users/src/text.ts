import { z } from 'zod';

const NUL = '\u0000';

/** Logto's database refuses NUL with a 500, and an unpaired surrogate cannot be sent as UTF-8. */
const isStorable = (value: string): boolean => !value.includes(NUL) && value.isWellFormed();

/** Text that Logto can store. */
export const text = () => z.string().refine(isStorable, 'Must be well-formed Unicode without NUL');

/**
 * Text for a column of `max` UTF-16 units. Longer text can be stored while Logto counts code points, and then breaks
 * every list that contains the user.
 */
export const boundedText = (max: number) =>
  text()
    .max(max)
    // zod counts code points.
    .refine((value) => value.length <= max, `Must have at most ${max} UTF-16 units`);

/**
 * A value that becomes one segment of a path. Empty, `.` and `..` are refused: they survive percent-encoding and would
 * lead to another operation.
 */
export const pathSegment = () =>
  text()
    .min(1)
    .max(256)
    .refine((value) => value !== '.' && value !== '..', 'Must not be "." or ".."');

/** A user's id. Today's servers make 12 characters of `[a-z0-9]`; older ids look otherwise. */
export const userId = () => pathSegment();
