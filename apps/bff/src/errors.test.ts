import { TRPCError } from '@trpc/server';
import {
  LogtoApiError,
  LogtoBodyTooLargeError,
  LogtoCircuitOpenError,
  LogtoConnectionError,
  LogtoResponseError,
  LogtoTimeoutError,
} from '@users-bff/logto-users';
import { TokenError } from '@users-bff/token-cache';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeError, toProcedureError } from './errors.js';

const refused = (status: number, code?: string, data?: unknown): LogtoApiError =>
  new LogtoApiError(
    'getUser',
    { status, message: 'said', ...(code && { code }), ...(data !== undefined && { data }) },
    {},
  );

describe('a failure of a call', () => {
  it.each([
    [refused(400, 'request.invalid_input'), 'BAD_REQUEST'],
    [refused(404, 'entity.not_found'), 'NOT_FOUND'],
    [refused(409), 'CONFLICT'],
    [refused(422, 'user.invalid_phone'), 'UNPROCESSABLE_CONTENT'],
    [refused(429), 'TOO_MANY_REQUESTS'],
    [refused(401, 'connector.social_auth_code_invalid'), 'BAD_REQUEST'],
    [refused(401, 'auth.unauthorized'), 'BAD_GATEWAY'],
    [refused(403, 'auth.forbidden'), 'BAD_GATEWAY'],
    [refused(500), 'BAD_GATEWAY'],
    [refused(501, 'connector.not_implemented'), 'BAD_GATEWAY'],
    [new LogtoResponseError('getUser', 404, 'no JSON', {}), 'BAD_GATEWAY'],
    [new LogtoTimeoutError('getUser', 'late', { outcome: 'unknown' }), 'GATEWAY_TIMEOUT'],
    [new LogtoConnectionError('getUser', 'gone', { outcome: 'not_sent' }), 'SERVICE_UNAVAILABLE'],
    [new LogtoCircuitOpenError('getUser', 5), 'SERVICE_UNAVAILABLE'],
    [new LogtoBodyTooLargeError('getUser'), 'PAYLOAD_TOO_LARGE'],
    [new TokenError('unreachable', 'gone'), 'SERVICE_UNAVAILABLE'],
    [new TokenError('refused', 'no'), 'BAD_GATEWAY'],
    [new DOMException('left', 'AbortError'), 'CLIENT_CLOSED_REQUEST'],
  ])('%s is %s', (error, code) => {
    expect(toProcedureError(error)?.code).toBe(code);
  });

  it("passes on what Logto said, but of this server's credential and of Logto's own faults only the status and code", () => {
    const data = { payload: 'claims' };
    expect(toProcedureError(refused(422, 'user.invalid_phone', data))?.logto).toEqual({
      status: 422,
      code: 'user.invalid_phone',
      message: 'said',
      data,
    });
    expect(toProcedureError(refused(401, 'auth.unauthorized', data))?.logto).toEqual({
      status: 401,
      code: 'auth.unauthorized',
      message: 'said',
    });
    expect(toProcedureError(refused(500, undefined, data))?.logto).toEqual({ status: 500, message: 'Logto failed.' });
  });
});

describe('an error that nobody foresaw', () => {
  it('tells the caller the id of the request, and nothing of itself', () => {
    const cause = new Error('connect postgres://user:hush@db.internal');
    const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: cause.message, cause });
    expect(describeError(error, { requestId: 'r-1' }, false)).toEqual({
      message: 'Something broke in this server.',
      data: { requestId: 'r-1' },
    });
  });

  it("of tRPC's own loses its message, which repeats what the caller sent", () => {
    const error = new TRPCError({ code: 'NOT_FOUND', message: 'No procedure found on path "<script>"' });
    expect(describeError(error, { requestId: 'r-1' }, false).message).toBe('There is no such procedure.');
  });
});

describe('the outcome of a write', () => {
  const outcome = (cause: unknown, code: TRPCError['code'] = 'INTERNAL_SERVER_ERROR') =>
    describeError(new TRPCError({ code, cause }), { requestId: 'r-1' }, true).data.outcome;

  it.each([
    [refused(422), 'refused'],
    [refused(500), 'unknown'],
    [new LogtoResponseError('createUser', 200, 'no JSON', {}), 'unknown'],
    [new LogtoResponseError('createUser', 404, 'no JSON', {}), 'refused'],
    [new LogtoTimeoutError('createUser', 'late', { outcome: 'unknown' }), 'unknown'],
    [new LogtoConnectionError('createUser', 'gone', { outcome: 'not_sent' }), 'not_sent'],
    [new TokenError('unreachable', 'gone'), 'not_sent'],
    [new DOMException('left', 'AbortError'), 'not_sent'],
    [new Error('a fault of our own'), 'unknown'],
  ])('after %s is %s', (cause, expected) => {
    expect(outcome(cause)).toBe(expected);
  });

  it('is that nothing was sent where the input or the caller was refused, and is not told of queries', () => {
    expect(outcome(undefined, 'BAD_REQUEST')).toBe('not_sent');
    expect(outcome(undefined, 'FORBIDDEN')).toBe('not_sent');
    const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: refused(500) });
    expect(describeError(error, { requestId: 'r-1' }, false).data).not.toHaveProperty('outcome');
  });
});

describe('the issues of an input', () => {
  it('name fields, shortened, and are not endless', () => {
    const long = 'k'.repeat(1_000);
    const { error } = z.strictObject({}).safeParse({ [long]: 1 });
    const { data } = describeError(new TRPCError({ code: 'BAD_REQUEST', cause: error }), { requestId: 'r-1' }, false);
    expect(data.issues?.[0]?.message.length).toBeLessThan(250);

    const many = z.array(z.number()).safeParse(Array.from({ length: 500 }, () => 'x'));
    const described = describeError(
      new TRPCError({ code: 'BAD_REQUEST', cause: many.error }),
      { requestId: 'r-1' },
      false,
    );
    expect(described.data.issues).toHaveLength(50);
  });
});
