/** An issuer whose access tokens are taken, and what they are worth here. */
export interface TrustedIssuer {
  /** Issuer identifier. */
  readonly issuer: string;
  /** Resource indicators, one of which a token must name as its audience. */
  readonly audiences: readonly string[];
  /** Where its keys are; by discovery where it is absent. */
  readonly jwksUri?: string | undefined;
  /** Permissions by scope. Where it is absent, scopes are permissions by the same name. */
  readonly scopes?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The claim that lists the caller's roles. */
  readonly rolesClaim?: string | undefined;
  /** Permissions by role. */
  readonly roles?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * Organizations whose tokens are taken. What a person may do in one organization is no permission to touch users of
   * all others: without a word of the operator such a token is refused.
   */
  readonly organizations: readonly string[];
  /** Tokens that are bound to no key are refused. */
  readonly requiresDpop: boolean;
  /** Its users are those that this server manages. */
  readonly isManagedTenant: boolean;
}

const listed = (table: Readonly<Record<string, readonly string[]>>, names: readonly string[]): string[] =>
  names.flatMap((name) => (Object.hasOwn(table, name) ? (table[name] ?? []) : []));

const words = (text: string | undefined): string[] => (text ?? '').split(' ').filter(Boolean);

/** Logto's roles claim, as others', is a list of names; some write one text with spaces. */
const rolesOf = (value: unknown): string[] => {
  if (typeof value === 'string') return words(value);
  return Array.isArray(value) ? value.filter((role) => typeof role === 'string') : [];
};

/** What a token of this issuer allows. */
export const permissionsOf = (
  { scopes, rolesClaim, roles = {} }: TrustedIssuer,
  claims: Readonly<Record<string, unknown>> & { readonly scope?: string | undefined },
): readonly string[] => {
  const byScope = scopes ? listed(scopes, words(claims.scope)) : words(claims.scope);
  const byRole = rolesClaim && Object.hasOwn(claims, rolesClaim) ? listed(roles, rolesOf(claims[rolesClaim])) : [];
  return [...new Set([...byScope, ...byRole])];
};
