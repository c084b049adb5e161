import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TRPCError } from '@trpc/server';
import { jsonFault } from './json-guard.js';
import { refuse } from './refuse.js';
import { targetOf } from './step.js';

/** Bytes of a request's body. */
const MAX_BODY_SIZE = 256 * 1024;
/** Characters of a request's path and query. */
const MAX_URL_LENGTH = 8_192;

/** tRPC looks at what follows the last slash, so that a procedure would have any number of paths. */
const BELOW = /^\/[^/?]*\/[^?]*\//;

const JSON_TYPE = /^application\/json *(; *charset="?utf-8"? *)?$/i;

/** What a call was sent with. */
export interface Sent {
  /** Of the URL. */
  readonly parameters: URLSearchParams;
  /** JSON: the body, or by GET the parameter `input`; `undefined` where there is none. */
  readonly text: string | undefined;
}

/** Refuses what cannot be a call. */
type Refuse = (code: TRPCError['code'], message: string) => void;

/**
 * Whether it can be a call: GET, or POST with JSON. A form, which any page could send across sites, is none, and
 * neither are the other methods and content types that tRPC would take.
 */
const isCall = (request: IncomingMessage, response: ServerResponse, no: Refuse): boolean => {
  const { method, headers } = request;
  const target = targetOf(request);
  if (method !== 'GET' && method !== 'POST') {
    response.setHeader('allow', 'GET, POST');
    no('METHOD_NOT_SUPPORTED', 'A call is made by GET or POST.');
  } else if (method === 'POST' && !JSON_TYPE.test(headers['content-type'] ?? '')) {
    no('UNSUPPORTED_MEDIA_TYPE', 'A call by POST has the content type application/json.');
  } else if (headers['content-encoding'] !== undefined) {
    no('UNSUPPORTED_MEDIA_TYPE', 'A call is sent as it is, without a content encoding.');
  } else if (target.length > MAX_URL_LENGTH) {
    no('PAYLOAD_TOO_LARGE', 'The URL is too long: send the call by POST.');
  } else if (BELOW.test(target)) {
    no('NOT_FOUND', 'There is nothing here.');
  } else return true;
  return false;
};

/** The body; `undefined` where it is too large. */
const readBody = (request: IncomingMessage): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_SIZE) chunks.push(chunk);
      else resolve(undefined);
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    // A caller who breaks off has nobody to hear an answer.
    request.once('error', () => resolve(Buffer.alloc(0)));
  });

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a body; `undefined` where it is none. */
const decode = (body: Buffer): string | undefined => {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
};

const parametersOf = (url: string): URLSearchParams => {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
};

/** Reads what a call was sent with, where tRPC can parse it without harm; else refuses it. */
export const readCall = async (request: IncomingMessage, response: ServerResponse): Promise<Sent | undefined> => {
  const no: Refuse = (code, message) => refuse(response, code, message);
  if (!isCall(request, response, no)) return undefined;
  const parameters = parametersOf(targetOf(request));
  if (request.method === 'GET') {
    const inputs = parameters.getAll('input');
    const fault = jsonFault(inputs.join());
    if (fault) return void no('BAD_REQUEST', fault);
    return { parameters, text: inputs[0] };
  }
  const body = await readBody(request);
  if (body === undefined) {
    response.setHeader('connection', 'close');
    return void no('PAYLOAD_TOO_LARGE', 'The request is too large.');
  }
  const text = decode(body);
  const fault = text === undefined ? 'The request is no UTF-8.' : jsonFault(text);
  if (fault) return void no('BAD_REQUEST', fault);
  return { parameters, text };
};
