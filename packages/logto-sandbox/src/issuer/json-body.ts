import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { readBody } from '../read-body.js';

/** Logto takes a JSON body where the standard has a form; the issuer behind it does not. */
export const asForm = async (request: IncomingMessage): Promise<IncomingMessage> => {
  if (!request.headers['content-type']?.startsWith('application/json')) return request;
  const form = new URLSearchParams(JSON.parse((await readBody(request)).toString() || '{}')).toString();
  const { method, url, socket, httpVersion } = request;
  const headers = {
    ...request.headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(form)),
  };
  return Object.assign(Readable.from([Buffer.from(form)]), {
    method,
    url,
    socket,
    httpVersion,
    headers,
  }) as unknown as IncomingMessage;
};
