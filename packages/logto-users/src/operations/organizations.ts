import { z } from 'zod';
import { Organization } from '../models/organization.js';
import { operation } from '../operation.js';
import { userId } from '../text.js';

/** Lists the organizations of a user, with the user's roles in each. */
export const listUserOrganizations = operation({
  name: 'listUserOrganizations',
  method: 'GET',
  path: '/api/users/{userId}/organizations',
  summary: "Lists the organizations of a user, with the user's roles in each.",
  input: z.strictObject({ userId: userId() }),
  output: z.array(Organization),
  errors: ['entity.not_found'],
});
