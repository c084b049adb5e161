/** What clients need to know of this server: types alone, which lead to nothing else of it. */
export type { Permission } from './authorization/permissions.js';
export type { InputIssue, UsersErrorData, UsersErrorShape } from './error-shape.js';
export type { AppRouter } from './router/index.js';
export type { Whoami } from './router/session.js';
