export type { Caller } from './authentication/caller.js';
export { type Permission, permissions } from './authorization/permissions.js';
export { type Config, ConfigError, readConfig } from './config/config.js';
export type { InputIssue, RolesAfterFailure, UsersErrorData, UsersErrorShape } from './error-shape.js';
export { createLog, type Logger } from './log.js';
export type { CheckReport, ReadinessReport } from './readiness.js';
export { type AppRouter, appRouter } from './router/index.js';
export type { Whoami } from './router/session.js';
export { type RunningServer, serve } from './serve.js';
