import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { runRequest } from '../current-request.js';

const PLAIN = /^[\w.-]{1,64}$/;

/** Gives each request an id: the caller's `X-Request-Id` where it is short and plain, else a new one. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && PLAIN.test(given) ? given : randomUUID();
  response.setHeader('x-request-id', id);
  runRequest(id, next);
};
