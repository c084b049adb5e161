import type { Request, RequestHandler } from 'express';
import { jsonFault } from './json-guard.js';
import { refuse } from './refuse.js';

/** Bytes of a request's body. */
const MAX_BODY_SIZE = 256 * 1024;
/** Characters of a request's path and query. */
const MAX_URL_LENGTH = 8_192;

const JSON_TYPE = /^application\/json *(; *charset="?utf-8"? *)?$/i;

/**
 * Lets pass what a call can be: GET, or POST with JSON. A form, which any page could send across sites, is none, and
 * neither are the other methods and content types that tRPC would take.
 */
export const callsOnly: RequestHandler = (request, response, next) => {
  if (request.method !== 'GET' && request.method !== 'POST') {
    response.setHeader('allow', 'GET, POST');
    return refuse(response, 'METHOD_NOT_SUPPORTED', 'A call is made by GET or POST.');
  }
  if (request.method === 'POST' && !JSON_TYPE.test(request.headers['content-type'] ?? '')) {
    return refuse(response, 'UNSUPPORTED_MEDIA_TYPE', 'A call by POST has the content type application/json.');
  }
  if (request.headers['content-encoding'] !== undefined) {
    return refuse(response, 'UNSUPPORTED_MEDIA_TYPE', 'A call is sent as it is, without a content encoding.');
  }
  if (request.originalUrl.length > MAX_URL_LENGTH) {
    return refuse(response, 'PAYLOAD_TOO_LARGE', 'The URL is too long: send the call by POST.');
  }
  // tRPC looks at what follows the last slash, so that a procedure would have any number of paths.
  if (request.path.lastIndexOf('/') > 0) return refuse(response, 'NOT_FOUND', 'There is nothing here.');
  next();
};

/** The body; `undefined` where it is too large. */
const readBody = async (request: Request): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_SIZE) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a body; `undefined` where it is none. */
const decode = (body: Buffer): string | undefined => {
  try {
    return utf8.decode(body);
  } catch {
    return undefined;
  }
};

/** Reads the input of a call, and lets pass what tRPC can parse without harm. */
export const readInput: RequestHandler = async (request, response, next) => {
  if (request.method === 'GET') {
    const { input } = request.query;
    const fault = input === undefined ? undefined : jsonFault(String(input));
    return fault ? refuse(response, 'BAD_REQUEST', fault) : next();
  }
  // A caller who breaks off has nobody to hear an answer.
  const body = await readBody(request).catch(() => Buffer.alloc(0));
  if (body === undefined) {
    response.setHeader('connection', 'close');
    return refuse(response, 'PAYLOAD_TOO_LARGE', 'The request is too large.');
  }
  const text = decode(body);
  const fault = text === undefined ? 'The request is no UTF-8.' : jsonFault(text);
  if (fault) return refuse(response, 'BAD_REQUEST', fault);
  request.body = text;
  next();
};
