import { z } from 'zod';
import { jsonObjectInput } from '../json.js';
import { User, UserIdentities } from '../models/user.js';
import { operation } from '../operation.js';
import { boundedText, pathSegment, text, userId } from '../text.js';

/** Links a social identity through a connector, with what the provider sent back. */
export const createUserIdentity = operation({
  name: 'createUserIdentity',
  method: 'POST',
  path: '/api/users/{userId}/identities',
  summary: 'Links a social identity through a connector, with what the provider sent back.',
  input: z.strictObject({
    userId: userId(),
    connectorId: text().min(1).max(128),
    /** What the provider's redirect brought: typically `code`, `state` and `redirectUri`. */
    connectorData: jsonObjectInput(),
  }),
  output: UserIdentities,
  errors: [
    'entity.not_found',
    'user.identity_already_in_use',
    'connector.invalid_response',
    'session.invalid_connector_id',
  ],
});

/** Sets a user's social identity for a target, without asking the provider. */
export const replaceUserIdentity = operation({
  name: 'replaceUserIdentity',
  method: 'PUT',
  path: '/api/users/{userId}/identities/{target}',
  summary: "Sets a user's social identity for a target, without asking the provider.",
  input: z.strictObject({
    userId: userId(),
    /** A connector's target, such as `github`. Logto puts it into SQL text, so its characters are few. */
    target: pathSegment().regex(/^[\w.-]+$/, 'Must be letters, digits, ".", "_" or "-"'),
    identity: z.strictObject({
      /** The user's id at the social provider. */
      userId: boundedText(256),
      details: jsonObjectInput().optional(),
    }),
  }),
  body: (input) => input.identity,
  output: UserIdentities,
  errors: ['entity.not_found', 'user.identity_already_in_use'],
});

/** Unlinks a social identity from a user. */
export const deleteUserIdentity = operation({
  name: 'deleteUserIdentity',
  method: 'DELETE',
  path: '/api/users/{userId}/identities/{target}',
  summary: 'Unlinks a social identity from a user.',
  input: z.strictObject({ userId: userId(), target: pathSegment() }),
  output: User,
  errors: ['entity.not_found', 'user.identity_not_exist'],
});
