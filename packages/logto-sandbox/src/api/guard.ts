import { z } from 'zod/v3';
import { RequestError } from './request-error.js';

/**
 * The value that a schema makes of a part of a request, or Logto's refusal of it. The schemas are zod 3's, because
 * Logto's are, and its refusals show zod 3's issues.
 */
export const guard = <T>(schema: z.ZodType<T, z.ZodTypeDef, unknown>, value: unknown, part: 'body' | 'query'): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const details = issues.map(
    (issue) => `Error in key path "${issue.path.join('.')}": (${issue.code}) ${issue.message}`,
  );
  throw new RequestError(400, 'guard.invalid_input', {
    message: `The request ${part} is invalid.`,
    data: { issues, name: 'ZodError' },
    details: details.join('\n'),
  });
};

const address = z
  .object({
    formatted: z.string(),
    streetAddress: z.string(),
    locality: z.string(),
    region: z.string(),
    postalCode: z.string(),
    country: z.string(),
  })
  .partial();

/** A user's profile; unknown keys are dropped. */
export const profile = z
  .object({
    familyName: z.string(),
    givenName: z.string(),
    middleName: z.string(),
    nickname: z.string(),
    preferredUsername: z.string(),
    profile: z.string(),
    website: z.string(),
    gender: z.string(),
    birthdate: z.string(),
    zoneinfo: z.string(),
    locale: z.string(),
    address,
  })
  .partial();

/** Any JSON object. */
export const jsonObject = z.record(z.string(), z.unknown());
