import { type ApiRequest, flag, InternalError } from './exchange.js';
import { RequestError } from './request-error.js';

/** One search key: fields of which any must match any of the values. */
interface Condition {
  readonly fields: readonly string[];
  readonly values: readonly string[];
  readonly mode: string;
}

/** A search as a request states it. */
export interface Search {
  readonly conditions: readonly Condition[];
  readonly joint: 'or' | 'and';
  /** Whether a record fits a condition. */
  readonly fits: (record: object, condition: Condition) => boolean;
}

const MODES = ['like', 'exact', 'similar_to', 'posix'];

const refuse = (reason: string): RequestError =>
  new RequestError(400, 'request.invalid_input', { data: {}, message: `Input is invalid. ${reason}` });

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const LIKE_TOKEN = /\\(.)|%|_|[\s\S]/g;

const likePattern = (pattern: string): string =>
  `^${pattern.replace(LIKE_TOKEN, (token, escaped: string | undefined) => {
    if (token === '%') return '[\\s\\S]*';
    if (token === '_') return '[\\s\\S]';
    return (escaped ?? token).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  })}$`;

const similarPattern = (pattern: string): string =>
  `^(?:${pattern.replace(/%/g, '[\\s\\S]*').replace(/_/g, '[\\s\\S]').replace(/[.^$]/g, '\\$&')})$`;

const matcher = (mode: string, value: string, isCaseSensitive: boolean): ((text: string) => boolean) => {
  const flags = isCaseSensitive ? '' : 'i';
  if (mode === 'exact') {
    return isCaseSensitive ? (text) => text === value : (text) => text.toLowerCase() === value.toLowerCase();
  }
  const source = mode === 'like' ? likePattern(value) : mode === 'similar_to' ? similarPattern(value) : value;
  try {
    const expression = new RegExp(source, flags);
    return (text) => expression.test(text);
  } catch {
    throw new InternalError('invalid regular expression');
  }
};

/** Reads Logto's search syntax: `search`, `search.<field>`, `mode`, `mode.<field>`, `joint`, `isCaseSensitive`. */
export const parseSearch = (request: ApiRequest, fields: readonly string[]): Search => {
  const { query } = request;
  const isCaseSensitive = flag(query, 'isCaseSensitive');
  const joint = query.get('joint') || query.get('jointMode') || 'or';
  if (joint !== 'or' && joint !== 'and')
    throw refuse(`Search joint mode \`${joint}\` is not valid, expect one of or, and.`);

  const modeFor = (field: string | undefined): string => {
    const mode = (field === undefined ? null : query.get(`mode.${field}`)) ?? query.get('mode') ?? 'like';
    if (!MODES.includes(mode))
      throw refuse(`Search match mode \`${mode}\` is not valid, expect one of ${MODES.join(', ')}.`);
    if (mode === 'similar_to' && !isCaseSensitive) throw refuse('Cannot use case-insensitive match for `similar to`.');
    return mode;
  };

  const conditions = [...new Set(query.keys())]
    .filter((key) => key.startsWith('search'))
    .map((key): Condition => {
      const [, raw, nested] = key.split('.');
      if (nested !== undefined) throw refuse(`Unsupported nested search field path \`${key.slice(7)}\` detected.`);
      const field = raw === undefined ? undefined : camelCase(raw);
      if (field !== undefined && !fields.includes(field))
        throw refuse(`Search field \`${raw}\` is not valid, expect one of ${fields.join(', ')}.`);
      const mode = modeFor(raw);
      const values = query.getAll(key);
      if (values.length > 1 && mode !== 'exact')
        throw refuse('Only one search value is allowed when search mode is not `exact`.');
      if (values.includes('')) throw refuse('Search value cannot be empty.');
      return { fields: field === undefined ? fields : [field], values, mode };
    });

  const matchers = new Map(
    conditions.map((condition) => [
      condition,
      condition.values.map((value) => matcher(condition.mode, value, isCaseSensitive)),
    ]),
  );
  const fits = (record: object, condition: Condition): boolean =>
    condition.fields.some((field) => {
      const text = (record as Record<string, unknown>)[field];
      return typeof text === 'string' && (matchers.get(condition) ?? []).some((matches) => matches(text));
    });
  return { conditions, joint, fits };
};

/** Whether a record fits a whole search. */
export const satisfies = (record: object, { conditions, joint, fits }: Search): boolean =>
  conditions.length === 0 ||
  (joint === 'and'
    ? conditions.every((condition) => fits(record, condition))
    : conditions.some((condition) => fits(record, condition)));
