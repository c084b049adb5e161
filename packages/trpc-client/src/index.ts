export { createUsersClient, type UsersClient, type UsersClientOptions } from './client.js';
export { isUsersError, type UsersError } from './errors.js';
export type { AppRouter, RouterInputs, RouterOutputs } from './router-types.js';
