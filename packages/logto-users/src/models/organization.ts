import { z } from 'zod';
import { type JsonObject, jsonObject } from '../json.js';
import type { Equal, Expect } from './lock.js';

/** A role inside an organization. */
export interface OrganizationRole {
  id: string;
  name: string;
}

/** An organization that the user is a member of, with the user's roles in it. */
export interface Organization {
  id: string;
  name: string;
  description: string | null;
  customData?: JsonObject;
  isMfaRequired?: boolean;
  /** Epoch milliseconds. */
  createdAt: number;
  organizationRoles: OrganizationRole[];
}

const role = z.object({ id: z.string(), name: z.string() });

const schema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  customData: jsonObject().optional(),
  isMfaRequired: z.boolean().optional(),
  createdAt: z.number(),
  organizationRoles: z.array(role.loose() as unknown as typeof role),
});

/** An organization in an answer: fields that this version does not know are kept. */
export const Organization: z.core.$ZodType<Organization, Organization> = schema.loose();

export type OrganizationLock = Expect<Equal<Organization, z.infer<typeof schema>>>;
