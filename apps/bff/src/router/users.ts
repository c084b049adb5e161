import { operations as op } from '@users-bff/logto-users';
import { guess, mutation, query, replacement } from '../forward.js';

/** The Users API: one line a procedure, with its operation and the permission that it needs. */
export const users = {
  /** Lists users, newest first, a page at a time. */
  list: query(op.listUsers, 'users:read'),
  /** Gets a user by id. */
  get: query(op.getUser, 'users:read'),
  /** Creates a user; every field is optional, and a new user gets the default roles. */
  create: mutation(op.createUser, 'users:write', {
    password: 'users:credentials',
    passwordDigest: 'users:credentials',
  }),
  /** Updates a user; null or an empty string clears a field, customData and profile are replaced whole. */
  update: mutation(op.updateUser, 'users:write', {
    username: 'users:identifiers',
    primaryEmail: 'users:identifiers',
    primaryPhone: 'users:identifiers',
  }),
  /** Deletes a user and everything attached; sessions and tokens are revoked. */
  delete: mutation(op.deleteUser, 'users:delete'),
  customData: {
    /** Gets a user's custom data. */
    get: query(op.listUserCustomData, 'users:read'),
    /** Merges keys into a user's custom data, one level deep, and returns the whole. */
    update: mutation(op.updateUserCustomData, 'users:write'),
  },
  profile: {
    /** Merges fields into a user's profile, one level deep, and returns the whole. */
    update: mutation(op.updateUserProfile, 'users:write'),
  },
  password: {
    /** Tells whether a user has a password. */
    exists: query(op.getUserHasPassword, 'users:read'),
    /** Sets a user's password; no password policy applies, and sessions are kept. */
    update: mutation(op.updateUserPassword, 'users:credentials'),
    /** Checks a user's password; a wrong one is refused with session.invalid_credentials. */
    verify: guess(op.verifyUserPassword, 'users:credentials'),
  },
  suspension: {
    /** Suspends a user or lifts the suspension. */
    update: mutation(op.updateUserIsSuspended, 'users:write'),
  },
  roles: {
    /** Lists the roles of a user, a page at a time. */
    list: query(op.listUserRoles, 'users:read'),
    /** Adds roles to a user; roles already held are left alone. */
    assign: mutation(op.assignUserRoles, 'users:roles'),
    /** Replaces all roles of a user. */
    replace: replacement(op.replaceUserRoles, 'users:roles'),
    /** Removes a role from a user. */
    remove: mutation(op.deleteUserRole, 'users:roles'),
  },
  identities: {
    /** Links a social identity through a connector, with what the provider sent back. */
    link: mutation(op.createUserIdentity, 'users:credentials'),
    /** Sets a user's social identity for a target, without asking the provider. */
    replace: mutation(op.replaceUserIdentity, 'users:credentials'),
    /** Unlinks a social identity from a user. */
    delete: mutation(op.deleteUserIdentity, 'users:credentials'),
  },
  organizations: {
    /** Lists the organizations of a user, with the user's roles in each. */
    list: query(op.listUserOrganizations, 'users:read'),
  },
  mfaVerifications: {
    /** Lists the second factors of a user. */
    list: query(op.listUserMfaVerifications, 'users:read'),
    /** Gives a user a TOTP factor or backup codes; secret and codes are shown only in this answer. */
    create: mutation(op.createUserMfaVerification, 'users:credentials'),
    /** Removes a second factor from a user. */
    delete: mutation(op.deleteUserMfaVerification, 'users:credentials'),
  },
  personalAccessTokens: {
    /** Lists the personal access tokens of a user, secrets included. */
    list: query(op.listUserPersonalAccessTokens, 'users:credentials'),
    /** Makes a personal access token for a user. */
    create: mutation(op.createUserPersonalAccessToken, 'users:credentials'),
    /** Renames a personal access token; its expiry cannot be changed. */
    update: mutation(op.updateUserPersonalAccessToken, 'users:credentials'),
    /** Deletes a personal access token of a user. */
    delete: mutation(op.deleteUserPersonalAccessToken, 'users:credentials'),
  },
};
