import { operations as op } from '@users-bff/logto-users';
import { guess, mutation, query } from '../forward.js';
import { router } from '../trpc.js';

/** The Users API: one line a procedure, with its operation and the permission that it needs. */
export const users = router({
  list: query(op.listUsers, 'users:read'),
  get: query(op.getUser, 'users:read'),
  create: mutation(op.createUser, 'users:write', {
    password: 'users:credentials',
    passwordDigest: 'users:credentials',
  }),
  update: mutation(op.updateUser, 'users:write', {
    username: 'users:identifiers',
    primaryEmail: 'users:identifiers',
    primaryPhone: 'users:identifiers',
  }),
  delete: mutation(op.deleteUser, 'users:delete'),
  customData: {
    get: query(op.listUserCustomData, 'users:read'),
    update: mutation(op.updateUserCustomData, 'users:write'),
  },
  profile: {
    update: mutation(op.updateUserProfile, 'users:write'),
  },
  password: {
    exists: query(op.getUserHasPassword, 'users:read'),
    update: mutation(op.updateUserPassword, 'users:credentials'),
    verify: guess(op.verifyUserPassword, 'users:credentials'),
  },
  suspension: {
    update: mutation(op.updateUserIsSuspended, 'users:write'),
  },
  roles: {
    list: query(op.listUserRoles, 'users:read'),
    assign: mutation(op.assignUserRoles, 'users:roles'),
    replace: mutation(op.replaceUserRoles, 'users:roles'),
    remove: mutation(op.deleteUserRole, 'users:roles'),
  },
  identities: {
    link: mutation(op.createUserIdentity, 'users:credentials'),
    replace: mutation(op.replaceUserIdentity, 'users:credentials'),
    delete: mutation(op.deleteUserIdentity, 'users:credentials'),
  },
  organizations: {
    list: query(op.listUserOrganizations, 'users:read'),
  },
  mfaVerifications: {
    list: query(op.listUserMfaVerifications, 'users:read'),
    create: mutation(op.createUserMfaVerification, 'users:credentials'),
    delete: mutation(op.deleteUserMfaVerification, 'users:credentials'),
  },
  personalAccessTokens: {
    list: query(op.listUserPersonalAccessTokens, 'users:credentials'),
    create: mutation(op.createUserPersonalAccessToken, 'users:credentials'),
    update: mutation(op.updateUserPersonalAccessToken, 'users:credentials'),
    delete: mutation(op.deleteUserPersonalAccessToken, 'users:credentials'),
  },
});
