import type { JsonSchema } from './json-schema.js';

/** How values of a router are put into JSON. */
export type Transformer = 'none' | 'superjson' | 'unknown';

/** One procedure, as data. */
export interface ProcedureManifest {
  /** Its name, such as `users.list`. */
  readonly path: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** One sentence. */
  readonly summary?: string;
  readonly description?: string;
  /** What a caller needs to be allowed. */
  readonly permission?: string;
  /** What single fields of the input need besides, by field. */
  readonly fieldPermissions?: Readonly<Record<string, string>>;
  readonly isDeprecated: boolean;
  /** Asked about before it is called. */
  readonly isDestructive: boolean;
  /** Absent where the procedure takes no input. */
  readonly input?: JsonSchema;
  /** Why there is no form for the input, or only a part of one. */
  readonly noForm?: string;
  /** Absent where nothing is known of the output. */
  readonly output?: JsonSchema;
}

/** A field of a result that is an input of other procedures. */
export interface Link {
  /** The field of an item of the result, such as `id`. */
  readonly from: string;
  /** The input that it becomes, such as `userId`. */
  readonly to: string;
  /** Only procedures of this namespace have that input in mind. Default any. */
  readonly within?: string;
}

/** What a code of an error means, for people. */
export interface KnownError {
  readonly text: string;
  /** The input field that it is about. */
  readonly field?: string;
}

/** All that is known of a router, as data. */
export interface Manifest {
  readonly transformer: Transformer;
  readonly procedures: readonly ProcedureManifest[];
  /** By procedure. */
  readonly links: Readonly<Record<string, readonly Link[]>>;
  readonly errors: {
    /** Name of the system behind, whose codes these are. */
    readonly from: string;
    /** Keys that lead from an error's `data` to the code of the system behind. */
    readonly codeAt: readonly string[];
    readonly known: Readonly<Record<string, KnownError>>;
  };
}

/** What the page needs before anybody has signed in. */
export interface Settings {
  readonly title: string;
  /** Where the router is, as a browser reaches it. */
  readonly url: string;
  /** How queries travel. */
  readonly queriesBy: 'GET' | 'POST';
  readonly notice?: Notice;
  readonly signIn?: SignIn;
  readonly identity?: Identity;
  /** Source of a regular expression. */
  readonly secretNames: string;
  readonly client: ClientCode;
}

/** What stands at the top of the page. */
export interface Notice {
  readonly text: string;
  readonly tone: 'neutral' | 'sandbox' | 'danger';
}

/** Where people sign in: authorization code with PKCE (RFC 7636), as a public client. */
export interface SignIn {
  /** Issuer identifier; its metadata is found by OpenID Connect Discovery. */
  readonly issuer: string;
  readonly clientId: string;
  /** Resource indicator (RFC 8707) of the API. */
  readonly resource?: string;
  /** Scopes that are asked for, besides `openid`. */
  readonly scopes?: readonly string[];
}

/** The procedure that tells who calls. */
export interface Identity {
  /** A query without input, such as `session.whoami`. */
  readonly procedure: string;
  /** The field of its result that lists the caller's permissions. Default `permissions`. */
  readonly permissions?: string;
}

/** How code that calls the router begins; `{url}` stands for where the router is. */
export interface ClientCode {
  /** Statements that make `client`. */
  readonly typescript: string;
  /** Statements that make `trpc`, of `@trpc/tanstack-react-query`. */
  readonly reactQuery: string;
}
