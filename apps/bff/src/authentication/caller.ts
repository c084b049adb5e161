/** Who calls: what a verified access token says. */
export interface Caller {
  /** `sub`: a user's id, or the client's where it calls for itself. */
  readonly subject: string;
  /** `client_id`: the application that the token was issued to. */
  readonly clientId: string;
  /** The scopes of the token. */
  readonly permissions: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}
