import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { RequestError } from './request-error.js';

/** How Logto checks the token of a request to its Management API. */
export interface Authentication {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: () => JWTVerifyGetKey;
  /** Whether a token was revoked by the sandbox's controls. */
  readonly isRevoked: (jti: unknown) => boolean;
}

/**
 * Checks an Authorization header in Logto's way and with Logto's words.
 *
 * @throws RequestError 401 with what jose said, the token's claims included; 403 without the scope `all`.
 */
export const authenticate = async (header: string | undefined, authentication: Authentication): Promise<void> => {
  if (!header) throw new RequestError(401, 'auth.authorization_header_missing');
  if (!header.startsWith('Bearer')) {
    throw new RequestError(401, 'auth.authorization_token_type_not_supported', {
      data: { supportedTypes: ['Bearer'] },
    });
  }
  const { issuer, audience } = authentication;
  const token = header.slice('Bearer'.length).trim();
  const { payload } = await jwtVerify(token, authentication.keys(), { issuer, audience }).catch((error: unknown) => {
    if (!(error instanceof errors.JOSEError)) throw error;
    const { code, name } = error;
    const { claim, reason, payload: claims } = error as errors.JWTClaimValidationFailed;
    throw new RequestError(401, 'auth.unauthorized', {
      data: { code, name, ...(claim && { claim }), ...(reason && { reason }), ...(claims && { payload: claims }) },
    });
  });
  if (authentication.isRevoked(payload.jti)) {
    const data = { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', name: 'JWSSignatureVerificationFailed' };
    throw new RequestError(401, 'auth.unauthorized', { data });
  }
  if (
    !String(payload['scope'] ?? '')
      .split(' ')
      .includes('all')
  )
    throw new RequestError(403, 'auth.forbidden');
};
