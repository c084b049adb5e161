import { z } from 'zod';
import { text } from './text.js';

/**
 * How a field must match. The modes are PostgreSQL's, as Logto's search has them
 * (https://docs.logto.io/docs/recipes/manage-users/advanced-user-search/).
 */
export type Match =
  /** `LIKE` pattern: `%` any text, `_` one character, `\` before either takes it literally. No implicit `%`. */
  | { like: string }
  /** The value itself, or any of several. */
  | { exact: string | string[] }
  /** SQL `SIMILAR TO` pattern; needs `isCaseSensitive: true`. */
  | { similarTo: string }
  /** POSIX regular expression. */
  | { posix: string };

/** What all searches have. */
interface SearchOf {
  /** Any of the searchable fields. */
  any?: Match;
  /** Default false. */
  isCaseSensitive?: boolean;
}

/** A search for users. */
export interface UserSearch extends SearchOf {
  id?: Match;
  primaryEmail?: Match;
  primaryPhone?: Match;
  username?: Match;
  name?: Match;
  /** Whether one (`or`, the default) or all of the named fields must match. */
  joint?: 'or' | 'and';
}

/** A search for roles of a user. All named fields must match: Logto's `or` would show roles that the user lacks. */
export interface RoleSearch extends SearchOf {
  id?: Match;
  name?: Match;
  description?: Match;
}

const MAX_PATTERN = 256;

const pattern = () => text().min(1).max(MAX_PATTERN);

/** A broken expression is a 500 in Logto. JavaScript's syntax is near enough to tell the broken ones. */
const isRegularExpression = (value: string): boolean => {
  try {
    new RegExp(value.replace(/^\(\?[a-z]+\)/, ''));
    return true;
  } catch {
    return false;
  }
};

const match: z.core.$ZodType<Match, Match> = z.union([
  z.strictObject({ like: pattern() }),
  z.strictObject({ exact: z.union([pattern(), z.array(pattern()).min(1).max(100)]) }),
  z.strictObject({ similarTo: pattern() }),
  z.strictObject({ posix: pattern().refine(isRegularExpression, 'Must be a regular expression') }),
]);

const searchOf = { any: z.optional(match), isCaseSensitive: z.boolean().optional() };

const isMatch = (value: unknown): value is Match => typeof value === 'object' && value !== null;

const needsCase = 'similarTo needs isCaseSensitive: true';

const caseFits = (search: SearchOf): boolean =>
  search.isCaseSensitive === true || !Object.values(search).some((value) => isMatch(value) && 'similarTo' in value);

/** Schema of a {@link UserSearch}. */
export const UserSearch: z.core.$ZodType<UserSearch, UserSearch> = z
  .strictObject({
    ...searchOf,
    id: z.optional(match),
    primaryEmail: z.optional(match),
    primaryPhone: z.optional(match),
    username: z.optional(match),
    name: z.optional(match),
    joint: z.enum(['or', 'and']).optional(),
  })
  .refine(caseFits, needsCase);

/** Schema of a {@link RoleSearch}. */
export const RoleSearch: z.core.$ZodType<RoleSearch, RoleSearch> = z
  .strictObject({ ...searchOf, id: z.optional(match), name: z.optional(match), description: z.optional(match) })
  .refine(caseFits, needsCase);

const modeAndValues = (field: Match): { mode: string; values: string[] } => {
  if ('exact' in field) return { mode: 'exact', values: [field.exact].flat() };
  if ('similarTo' in field) return { mode: 'similar_to', values: [field.similarTo] };
  if ('posix' in field) return { mode: 'posix', values: [field.posix] };
  return { mode: 'like', values: [field.like] };
};

/** Logto's query keys for a search. */
const searchQuery = (
  { any, isCaseSensitive, ...fields }: SearchOf & Record<string, Match | unknown>,
  joint: 'or' | 'and' | undefined,
): URLSearchParams => {
  const query = new URLSearchParams();
  let usualMode = 'like';
  if (any) {
    const { mode, values } = modeAndValues(any);
    for (const value of values) query.append('search', value);
    if (mode !== usualMode) query.set('mode', mode);
    usualMode = mode;
  }
  for (const [name, field] of Object.entries(fields)) {
    if (!isMatch(field)) continue;
    const { mode, values } = modeAndValues(field);
    for (const value of values) query.append(`search.${name}`, value);
    if (mode !== usualMode) query.set(`mode.${name}`, mode);
  }
  if (joint) query.set('joint', joint);
  if (isCaseSensitive !== undefined) query.set('isCaseSensitive', String(isCaseSensitive));
  return query;
};

/** Logto's query keys for a search of users. */
export const userSearchQuery = ({ joint, ...search }: UserSearch): URLSearchParams => searchQuery({ ...search }, joint);

/** Logto's query keys for a search of a user's roles. */
export const roleSearchQuery = (search: RoleSearch): URLSearchParams => {
  const keys = Object.values(search).filter(isMatch).length;
  return searchQuery({ ...search }, keys > 1 ? 'and' : undefined);
};
