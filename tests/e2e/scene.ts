import { randomBytes, randomInt } from 'node:crypto';
import type { RouterInputs, RouterOutputs, UsersClient } from '@users-bff/trpc-client';
import type { World } from '../world.js';

type User = RouterOutputs['users']['create'];

/** Users, roles and an organization of a test run, and their removal. Nothing else in the tenant is touched. */
export interface Scene {
  readonly world: World;
  /** May do everything. */
  readonly client: UsersClient;
  readonly roles: readonly [string, string];
  readonly machineRole: string;
  readonly organization: string;
  /** An id that no user has. */
  readonly nobody: string;
  /** A user made for this test. */
  user(fields?: RouterInputs['users']['create']): Promise<User>;
  /** A user that the test made by itself, to be removed with the others. */
  adopt(user: User): User;
  remove(): Promise<void>;
}

/** A name that nobody else has. */
export const unique = (): string => `e2e_${randomBytes(6).toString('hex')}`;

/** A phone number of the right form that is probably nobody's. */
export const uniquePhone = (): string => `1415555${randomInt(1_000, 10_000)}`;

/** Sets the scene in the upstream of a world. */
export const setScene = async (world: World): Promise<Scene> => {
  const client = world.client();
  const users: string[] = [];
  const made: string[] = [];

  const role = async (type: string): Promise<string> => {
    const body = { name: unique(), description: 'Made by an end-to-end test', type };
    const { id } = (await world.setUp('POST', '/roles', body)) as { id: string };
    made.push(`/roles/${id}`);
    return id;
  };
  const roles = [await role('User'), await role('User')] as const;
  const machineRole = await role('MachineToMachine');
  const { id: organization } = (await world.setUp('POST', '/organizations', { name: unique() })) as { id: string };
  made.push(`/organizations/${organization}`);

  const adopt = (user: User): User => {
    users.push(user.id);
    return user;
  };
  return {
    world,
    client,
    roles,
    machineRole,
    organization,
    nobody: 'nobody000000',
    adopt,
    user: async (fields = {}) => adopt(await client.users.create.mutate(fields)),
    async remove() {
      for (const userId of users) await client.users.delete.mutate({ userId }).catch(() => {});
      for (const path of made) await world.setUp('DELETE', path).catch(() => {});
    },
  };
};
