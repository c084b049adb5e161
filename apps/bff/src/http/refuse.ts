import type { ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { currentRequest } from '../current-request.js';
import { answerJson } from './answer.js';

/** Ends a request before tRPC sees it, with an error of the same shape as tRPC's. */
export const refuse = (response: ServerResponse, code: TRPCError['code'], message: string): void => {
  const httpStatus = getHTTPStatusCodeFromError(new TRPCError({ code }));
  const data = { code, httpStatus, ...currentRequest(response).ids };
  answerJson(response, httpStatus, { error: { message, code: TRPC_ERROR_CODES_BY_KEY[code], data } });
};
