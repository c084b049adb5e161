export * from './identities.js';
export * from './mfa-verifications.js';
export * from './organizations.js';
export * from './password.js';
export * from './personal-access-tokens.js';
export * from './profile.js';
export * from './roles.js';
export * from './users.js';
