export { createUsersApi, type UsersApi, type UsersApiOptions } from './api.js';
export { UsersProvider, type UsersProviderProps, useUsersApi, useUsersClient } from './context.js';
export { type UseUsersInput, useMay, useUser, useUsers, useWhoami } from './hooks.js';
export {
  invalidateAfter,
  touchedBy,
  type UsersMutation,
  useInvalidateAfter,
  usersMutations,
} from './invalidate.js';
