import type { KnownError, Manifest } from '../../src/manifest.js';
import { isObject } from '../schema/resolve.js';
import type { Issue } from '../schema/validate.js';
import type { CallError } from './send.js';

const words: Readonly<Record<string, string>> = {
  PARSE_ERROR: 'The server could not read the request.',
  BAD_REQUEST: 'The server refused the input.',
  UNAUTHORIZED: 'The server does not know who calls: sign in, or sign in again.',
  PAYMENT_REQUIRED: 'The server wants to be paid.',
  FORBIDDEN: 'You are known, and may not do this.',
  NOT_FOUND: 'There is no such thing, or no such procedure.',
  METHOD_NOT_SUPPORTED: 'The server does not take this procedure by this HTTP method.',
  TIMEOUT: 'It took too long.',
  CONFLICT: 'It contradicts what is there already.',
  PRECONDITION_FAILED: 'Something that had to hold did not.',
  PAYLOAD_TOO_LARGE: 'It is larger than the server takes.',
  UNSUPPORTED_MEDIA_TYPE: 'The server does not take this content type.',
  UNPROCESSABLE_CONTENT: 'The input was understood, and cannot be done.',
  PRECONDITION_REQUIRED: 'The server wants a condition with it.',
  TOO_MANY_REQUESTS: 'Too many calls in a short time: wait, then try again.',
  CLIENT_CLOSED_REQUEST: 'The call was given up before it was answered.',
  INTERNAL_SERVER_ERROR: 'Something broke in the server.',
  NOT_IMPLEMENTED: 'The server does not do this yet.',
  BAD_GATEWAY: 'The system behind this server failed, or refused the server.',
  SERVICE_UNAVAILABLE: 'Something that the server needs cannot be reached: try again later.',
  GATEWAY_TIMEOUT: 'The system behind this server did not answer in time.',
};

/** An error in words. */
export interface Explanation {
  /** What tRPC's code means. */
  readonly meaning: string;
  /** What the system behind said, and what it means. */
  readonly behind?: { readonly code: string; readonly text?: string };
  readonly issues: readonly Issue[];
}

const at = (data: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), data);

const isPath = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) && value.every((key) => typeof key === 'string' || typeof key === 'number');

const toIssues = (list: unknown): Issue[] =>
  (Array.isArray(list) ? list : []).flatMap((item: unknown) =>
    isObject(item) && isPath(item['path']) && typeof item['message'] === 'string'
      ? [{ path: item['path'], message: item['message'] }]
      : [],
  );

/** The tree of `z.treeifyError`. */
const fromTree = (tree: unknown, path: readonly (string | number)[] = []): Issue[] => {
  if (!isObject(tree)) return [];
  const { errors, properties, items } = tree;
  return [
    ...(Array.isArray(errors) ? errors.filter((each) => typeof each === 'string') : []).map((message) => ({
      path,
      message,
    })),
    ...Object.entries(isObject(properties) ? properties : {}).flatMap(([key, child]) =>
      fromTree(child, [...path, key]),
    ),
    ...(Array.isArray(items) ? items : []).flatMap((child: unknown, index) => fromTree(child, [...path, index])),
  ];
};

/** The two lists of `z.flattenError`. */
const fromFlat = (flat: unknown): Issue[] => {
  if (!isObject(flat)) return [];
  const texts = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);
  return [
    ...texts(flat['formErrors']).map((message) => ({ path: [], message })),
    ...Object.entries(isObject(flat['fieldErrors']) ? flat['fieldErrors'] : {}).flatMap(([key, list]) =>
      texts(list).map((message) => ({ path: [key], message })),
    ),
  ];
};

const parse = (message: string): unknown => {
  try {
    return message.startsWith('[') ? JSON.parse(message) : undefined;
  } catch {
    return undefined;
  }
};

/** Faults by field, in any of the shapes that routers give them. */
const issuesOf = ({ message, data }: CallError): Issue[] => {
  const places = [data['issues'], data['zodError'], data['zod'], data['validation'], parse(message)];
  for (const place of places) {
    const found = [...toIssues(isObject(place) ? place['issues'] : place), ...fromFlat(place), ...fromTree(place)];
    if (found.length > 0) return found;
  }
  return [];
};

/** Says in words what an error means, and which fields it is about. */
export const explain = (error: CallError, { codeAt, known }: Manifest['errors']): Explanation => {
  const code = codeAt.length > 0 ? at(error.data, codeAt) : undefined;
  const meant: KnownError | undefined = typeof code === 'string' ? known[code] : undefined;
  const issues = issuesOf(error);
  const ofBehind = meant?.field === undefined ? [] : [{ path: [meant.field], message: meant.text }];
  return {
    meaning: words[error.code ?? ''] ?? '',
    ...(typeof code === 'string' && { behind: { code, ...(meant && { text: meant.text }) } }),
    issues: issues.length > 0 ? issues : ofBehind,
  };
};
