/** A user as Logto answers with it. */
export const user = {
  id: 'u1',
  username: null,
  primaryEmail: null,
  primaryPhone: null,
  name: null,
  avatar: null,
  customData: {},
  identities: {},
  lastSignInAt: null,
  createdAt: 1,
  updatedAt: 1,
  profile: {},
  applicationId: null,
  isSuspended: false,
};
