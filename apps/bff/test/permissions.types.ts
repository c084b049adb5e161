import { operations } from '@users-bff/logto-users';
import { mutation, query } from '../src/forward.js';
import { permittedProcedure } from '../src/trpc.js';

// Checked by the compiler alone: none of these compiles.

// @ts-expect-error a procedure needs a permission
export const withoutPermission = mutation(operations.updateUser);

// @ts-expect-error a reading one too
export const withoutPermissionToRead = query(operations.getUser);

// @ts-expect-error and one that exists
export const withUnknownPermission = mutation(operations.updateUser, 'users:everything');

// @ts-expect-error nor can one be begun without
export const begunWithout = permittedProcedure({});
