export { createTrpcPanel } from './create-trpc-panel.js';
export type { JsonSchema, WireType } from './json-schema.js';
export type {
  ClientCode,
  Identity,
  KnownError,
  Link,
  Manifest,
  Notice,
  ProcedureManifest,
  Settings,
  SignIn,
  Transformer,
} from './manifest.js';
export type { Handler, ProcedureDescription, ProcedureFacts, TrpcPanelOptions } from './options.js';
