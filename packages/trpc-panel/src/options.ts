import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyRouter } from '@trpc/server';
import type { z } from 'zod';
import type { ClientCode, Identity, KnownError, Link, Notice, SignIn } from './manifest.js';

/** An Express or Connect middleware. */
export type Handler = (
  request: IncomingMessage & { originalUrl?: string },
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** What is known of a procedure before it is described. */
export interface ProcedureFacts {
  /** Its name, such as `users.list`. */
  readonly path: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** What the procedure was given by `.meta()`. */
  readonly meta: unknown;
}

/** What the panel says of a procedure. */
export interface ProcedureDescription {
  /** One sentence. */
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  /** What a caller needs to be allowed. */
  readonly permission?: string | undefined;
  /** What single fields of the input need besides, by field. */
  readonly fieldPermissions?: Readonly<Record<string, string>> | undefined;
  readonly isDeprecated?: boolean | undefined;
  /** Asked about before it is called. */
  readonly isDestructive?: boolean | undefined;
  /** The schema of the output, where the procedure has no `.output()`. */
  readonly output?: z.core.$ZodType | undefined;
}

/** How to make a panel. */
export interface TrpcPanelOptions {
  readonly router: AnyRouter;
  /** Where the router is served: a path on the panel's own origin such as `/trpc`, or a URL. */
  readonly url: string;
  /** Name of the page. Default `tRPC panel`. */
  readonly title?: string;
  /** What stands at the top: which server this is. Default nothing. */
  readonly notice?: Notice;
  /** `POST` keeps inputs out of URLs, and needs `allowMethodOverride` at the server. Default `GET`. */
  readonly queriesBy?: 'GET' | 'POST';
  /** Where people sign in. Default: tokens are pasted. */
  readonly signIn?: SignIn;
  /** The procedure that tells who calls; with it, procedures that the caller may not call are marked. Default none. */
  readonly identity?: Identity;
  /**
   * Describes a procedure. Default: what its `meta` says as `summary`, `description`, `permission`, `deprecated` and
   * `destructive`; mutations whose last name begins with delete, remove, destroy, purge or revoke are destructive.
   */
  readonly describe?: (procedure: ProcedureFacts) => ProcedureDescription;
  /**
   * Fields of results that are inputs elsewhere, by procedure. Default: where a namespace `users` has results with an
   * `id`, and some procedure an input `userId`, the one becomes the other.
   */
  readonly links?: Readonly<Record<string, readonly Link[]>>;
  /** What the codes of the system behind mean. Default none. */
  readonly errors?: {
    /** Name of that system. Default `The system behind`. */
    readonly from?: string;
    /** Keys that lead from an error's `data` to such a code, such as `['logto', 'code']`. */
    readonly codeAt: readonly string[];
    readonly known: Readonly<Record<string, KnownError>>;
  };
  /** Names of fields whose values are masked wherever they could be kept or copied. Default: those of common secrets. */
  readonly secretNames?: RegExp;
  /** How code that calls the router begins. Default: the plain clients of tRPC. */
  readonly client?: Partial<ClientCode>;
  /** Runs before the manifest is answered: who is refused here sees the sign-in alone. Default: nobody is refused. */
  readonly guard?: Handler;
}
