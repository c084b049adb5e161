import type { ServerResponse } from 'node:http';

/** Answers with a value as JSON. */
export const answerJson = (response: ServerResponse, status: number, value: unknown): void => {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(value));
};
