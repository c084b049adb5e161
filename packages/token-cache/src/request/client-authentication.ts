import { type ClientAuth, ClientSecretBasic, ClientSecretPost, type CryptoKey, PrivateKeyJwt } from 'openid-client';

/** How the client proves who it is, by the names of RFC 7591's `token_endpoint_auth_method`. */
export type ClientAuthentication =
  | {
      /** In the `Authorization` header, or in the body (RFC 6749, section 2.3.1). */
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientSecret: string;
    }
  | {
      /** By a signed assertion (RFC 7523, section 2.2). */
      readonly method: 'private_key_jwt';
      readonly privateKey: CryptoKey;
      /** The `kid` under which the authorization server knows the public key. */
      readonly keyId?: string;
    };

/** The same for openid-client. */
export const toClientAuth = (authentication: ClientAuthentication): ClientAuth => {
  switch (authentication.method) {
    case 'client_secret_basic':
      return ClientSecretBasic(authentication.clientSecret);
    case 'client_secret_post':
      return ClientSecretPost(authentication.clientSecret);
    case 'private_key_jwt': {
      const { privateKey: key, keyId: kid } = authentication;
      return PrivateKeyJwt(kid === undefined ? key : { key, kid });
    }
  }
};
