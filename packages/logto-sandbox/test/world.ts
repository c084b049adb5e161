import { request as httpRequest } from 'node:http';
import { MANAGEMENT_API, type MachineApplication, managementApplication, type Sandbox } from '../src/index.js';

/** An answer, with its body parsed where it is JSON. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Sends a request as it stands: no client library changes the path. */
export const raw = (
  sandbox: Sandbox,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const { hostname, port } = new URL(sandbox.endpoint);
    const request = httpRequest(
      { hostname, port, method, path, headers: { ...headers, ...length }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = response.headers['content-type']?.includes('json') && text !== '';
          try {
            const body: unknown = isJson ? JSON.parse(text) : text;
            resolve({ status: response.statusCode ?? 0, headers: response.headers as Record<string, string>, body });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });

/** HTTP basic authentication of an application. */
export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** An access token by client credentials. */
export const getToken = async (
  sandbox: Sandbox,
  { clientId, clientSecret }: MachineApplication = managementApplication,
  resource = MANAGEMENT_API,
  scope = 'all',
): Promise<string> => {
  const form = new URLSearchParams({ grant_type: 'client_credentials', resource, scope }).toString();
  const headers = { authorization: basic(clientId, clientSecret), 'content-type': 'application/x-www-form-urlencoded' };
  const { body } = await raw(sandbox, 'POST', '/oidc/token', headers, form);
  return (body as { access_token: string }).access_token;
};

/** Asks the Users API with a token. */
export const api = (sandbox: Sandbox, token: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  raw(
    sandbox,
    method,
    path,
    { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    body === undefined ? undefined : JSON.stringify(body),
  );
