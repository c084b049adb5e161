const messages: Record<string, string> = {
  'auth.authorization_header_missing': 'Authorization header is missing.',
  'auth.authorization_token_type_not_supported': 'Authorization type is not supported.',
  'auth.forbidden': 'Forbidden. Please check your user roles and permissions.',
  'auth.unauthorized': 'Unauthorized. Please check credentials and its scope.',
  'entity.not_found': 'The resource does not exist.',
  'entity.invalid_input': 'Invalid input. Value list must not be empty.',
  'entity.value_too_long': 'The length of the input value is too long and exceeds the limit.',
  'guard.invalid_pagination': 'The request pagination value is invalid.',
  'user.username_already_in_use': 'This username is already in use.',
  'user.email_already_in_use': 'This email is associated with an existing account.',
  'user.phone_already_in_use': 'This phone number is associated with an existing account.',
  'user.invalid_phone': 'Invalid phone number.',
  'session.invalid_credentials': 'Incorrect account or password. Please check your input.',
};

/** A refusal in Logto's form. */
export class RequestError extends Error {
  readonly code: string;
  readonly status: number;
  readonly data: unknown;
  readonly details: string | undefined;

  constructor(status: number, code: string, extra: { data?: unknown; message?: string; details?: string } = {}) {
    super(extra.message ?? messages[code] ?? `Refused: ${code}.`);
    this.status = status;
    this.code = code;
    this.data = extra.data;
    this.details = extra.details;
  }

  /** The body of the answer. */
  toBody(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      ...(this.data !== undefined && { data: this.data }),
      ...(this.details !== undefined && { details: this.details }),
    };
  }
}

/** An unknown user, role, connector or verification. */
export const notFound = (): RequestError => new RequestError(404, 'entity.not_found');
