import { z } from 'zod';
import type { Equal, Expect } from './lock.js';

/** A role that a user holds. */
export interface Role {
  id: string;
  name: string;
  description: string;
  /** `User` or `MachineToMachine`; users hold `User` roles only. */
  type?: string;
  /** New users get default roles by themselves. */
  isDefault?: boolean;
}

const schema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  type: z.string().optional(),
  isDefault: z.boolean().optional(),
});

/** A role in an answer: fields that this version does not know are kept. */
export const Role: z.core.$ZodType<Role, Role> = schema.loose();

export type RoleLock = Expect<Equal<Role, z.infer<typeof schema>>>;
