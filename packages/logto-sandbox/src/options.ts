import type { JWK } from 'jose';

/** A machine-to-machine application: client credentials. */
export interface MachineApplication {
  readonly kind: 'machine';
  readonly clientId: string;
  readonly clientSecret: string;
  /** How it proves who it is. Default `client_secret_basic`, as in Logto. */
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
  /** Its keys, for `private_key_jwt`. */
  readonly publicKeys?: readonly JWK[];
  /** The scopes that its roles bring, by resource indicator. */
  readonly grants: Readonly<Record<string, readonly string[]>>;
}

/** A native or single-page application: authorization code with PKCE, without a secret. */
export interface PublicApplication {
  readonly kind: 'public';
  readonly clientId: string;
  /** Loopback addresses match with any port. */
  readonly redirectUris: readonly string[];
}

export type Application = MachineApplication | PublicApplication;

/** An API resource that access tokens can be asked for. */
export interface ApiResource {
  readonly indicator: string;
  readonly scopes: readonly string[];
}

/** How to start a sandbox. */
export interface SandboxOptions {
  /** Port on the loopback address. Default 3001; 0 takes any free one. */
  port?: number;
  /** Invented users to begin with, the three staff among them; 0 leaves out everything that is invented. Default 250. */
  users?: number;
  /** API resources beside the Management API. Users of the seeded roles get their scopes. Default none. */
  resources?: readonly ApiResource[];
  /** Applications beside the two of {@link managementApplication}. Default none. */
  applications?: readonly Application[];
  /** Show Logto's own faults too, such as the roles lost by a refused replacement. Default true. */
  dangers?: boolean;
  /** Seconds that an access token lives. Default 3600. */
  accessTokenTtlSeconds?: number;
  /** Told, at the start, that this is a sandbox. Default: the standard error stream. */
  announce?: (line: string) => void;
}

/** Resource indicator of a self-hosted Logto's Management API. */
export const MANAGEMENT_API = 'https://default.logto.app/api';

/** The application that may do everything, as a BFF would have it. Its secret is known to the world. */
export const managementApplication: MachineApplication = {
  kind: 'machine',
  clientId: 'sandbox-m2m',
  clientSecret: 'sandbox-m2m-secret-for-development-only',
  grants: { [MANAGEMENT_API]: ['all'] },
};

/** An application that nobody gave a role: its tokens are refused with 403. */
export const powerlessApplication: MachineApplication = {
  kind: 'machine',
  clientId: 'sandbox-powerless',
  clientSecret: 'sandbox-powerless-secret-for-development-only',
  grants: {},
};
