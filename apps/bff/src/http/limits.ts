import type { RequestHandler } from 'express';
import { refuse } from './refuse.js';

const JSON_TYPE = /^application\/json *(;|$)/i;

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
  // tRPC looks at what follows the last slash, so that a procedure would have any number of paths.
  if (request.path.lastIndexOf('/') > 0) return refuse(response, 'NOT_FOUND', 'There is nothing here.');
  next();
};
