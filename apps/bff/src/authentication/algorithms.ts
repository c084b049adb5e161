/** Asymmetric ones only: with a shared key whoever can verify could issue. */
export const ALGORITHMS: string[] = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
];
