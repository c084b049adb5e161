import { z } from 'zod';
import type { TrustedIssuer } from '../authentication/trusted-issuer.js';
import { permissions } from '../authorization/permissions.js';
import { isUrl } from './variables.js';

const table = z.record(z.string().min(1), z.array(z.enum(permissions)));

const schema = (allowHttp: boolean) => {
  const url = z.string().refine((value) => isUrl(value, allowHttp), 'must be an https URL');
  const audience = z.string().refine((value) => URL.canParse(value), 'must be an absolute URI');
  return z
    .array(
      z.strictObject({
        issuer: url,
        audience: z.union([audience, z.array(audience).min(1)]),
        jwksUri: url.optional(),
        scopes: table.optional(),
        rolesClaim: z.string().min(1).optional(),
        roles: table.optional(),
        organizations: z.array(z.string().min(1)).optional(),
        dpop: z.enum(['accepted', 'required']).optional(),
      }),
    )
    .min(1);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * Reads the JSON of several trusted issuers.
 *
 * @param tenant Issuer identifier of the Logto whose users are managed.
 * @param complain Told each fault, by its place.
 */
export const trustedIssuers = (
  text: string,
  tenant: string,
  allowHttp: boolean,
  complain: (problem: string) => void,
): readonly TrustedIssuer[] => {
  const { data, error } = schema(allowHttp).safeParse(parse(text));
  for (const { path, message } of error?.issues ?? []) {
    complain(
      `AUTH_ISSUERS must be a JSON array of { issuer, audience, jwksUri?, scopes?, rolesClaim?, roles?, organizations?, dpop? }; at ${path.join('.') || 'the start'}: ${message}`,
    );
  }
  const names = data?.map(({ issuer }) => issuer) ?? [];
  if (new Set(names).size < names.length) complain('AUTH_ISSUERS must name each issuer once');
  return (data ?? []).map(({ issuer, audience, jwksUri, scopes, rolesClaim, roles, organizations, dpop }) => ({
    issuer,
    audiences: [audience].flat(),
    jwksUri,
    scopes,
    rolesClaim,
    roles,
    organizations: organizations ?? [],
    requiresDpop: dpop === 'required',
    isManagedTenant: issuer === tenant,
  }));
};
