/** The permissions of this BFF: scopes of its API resource at the issuer. */
export const permissions = [
  'users:read',
  'users:write',
  'users:identifiers',
  'users:delete',
  'users:credentials',
  'users:roles',
  'users:protected',
  'panel:use',
] as const;

/** A permission that a procedure may need. */
export type Permission = (typeof permissions)[number];
