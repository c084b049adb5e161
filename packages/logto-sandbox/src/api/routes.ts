import type { Handler } from './exchange.js';
import * as identities from './identities.js';
import * as mfa from './mfa-verifications.js';
import * as organizations from './organizations.js';
import * as tokens from './personal-access-tokens.js';
import * as roles from './roles.js';
import * as setup from './setup.js';
import * as users from './users.js';

/** A method, a path template and who answers it. */
export interface ApiRoute {
  readonly method: string;
  readonly path: string;
  readonly handler: Handler;
}

const route = (method: string, path: string, handler: Handler): ApiRoute => ({ method, path, handler });

/** The routes of the Users API, stated from Logto's contract and not from our client, which they are there to judge. */
export const routes: readonly ApiRoute[] = [
  route('GET', '/api/users', users.listUsers),
  route('POST', '/api/users', users.createUser),
  route('GET', '/api/users/:userId', users.getUser),
  route('PATCH', '/api/users/:userId', users.updateUser),
  route('DELETE', '/api/users/:userId', users.deleteUser),
  route('GET', '/api/users/:userId/custom-data', users.getCustomData),
  route('PATCH', '/api/users/:userId/custom-data', users.updateCustomData),
  route('PATCH', '/api/users/:userId/profile', users.updateProfile),
  route('GET', '/api/users/:userId/has-password', users.getUserHasPassword),
  route('PATCH', '/api/users/:userId/password', users.updateUserPassword),
  route('POST', '/api/users/:userId/password/verify', users.verifyUserPassword),
  route('PATCH', '/api/users/:userId/is-suspended', users.updateUserIsSuspended),
  route('GET', '/api/users/:userId/roles', roles.listUserRoles),
  route('POST', '/api/users/:userId/roles', roles.assignUserRoles),
  route('PUT', '/api/users/:userId/roles', roles.replaceUserRoles),
  route('DELETE', '/api/users/:userId/roles/:roleId', roles.deleteUserRole),
  route('POST', '/api/users/:userId/identities', identities.createUserIdentity),
  route('PUT', '/api/users/:userId/identities/:target', identities.replaceUserIdentity),
  route('DELETE', '/api/users/:userId/identities/:target', identities.deleteUserIdentity),
  route('GET', '/api/users/:userId/organizations', organizations.listUserOrganizations),
  route('GET', '/api/users/:userId/mfa-verifications', mfa.listMfaVerifications),
  route('POST', '/api/users/:userId/mfa-verifications', mfa.createMfaVerification),
  route('DELETE', '/api/users/:userId/mfa-verifications/:verificationId', mfa.deleteMfaVerification),
  route('GET', '/api/users/:userId/personal-access-tokens', tokens.listTokens),
  route('POST', '/api/users/:userId/personal-access-tokens', tokens.createToken),
  route('PATCH', '/api/users/:userId/personal-access-tokens', tokens.updateTokenByBody),
  route('POST', '/api/users/:userId/personal-access-tokens/delete', tokens.deleteTokenByBody),
  route('PATCH', '/api/users/:userId/personal-access-tokens/:name', tokens.updateToken),
  route('DELETE', '/api/users/:userId/personal-access-tokens/:name', tokens.deleteToken),
  route('POST', '/api/roles', setup.createRole),
  route('DELETE', '/api/roles/:id', setup.deleteRole),
  route('POST', '/api/organizations', setup.createOrganization),
  route('DELETE', '/api/organizations/:id', setup.deleteOrganization),
  route('POST', '/api/organizations/:id/users', setup.addOrganizationUsers),
];
