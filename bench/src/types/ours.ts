import { createUsersClient } from '@users-bff/trpc-client';

const client = createUsersClient({ url: 'https://users-bff.example.com/trpc', getAccessToken: () => 'token' });
const userId = 'u';

export const use = async () => {
  const { items } = await client.users.list.query({ pageSize: 10 });
  const user = await client.users.get.query({ userId });
  const made = await client.users.create.mutate({ username: 'ada' });
  const updated = await client.users.update.mutate({ userId, name: 'Ada' });
  const suspended = await client.users.suspension.update.mutate({ userId, isSuspended: true });
  const roles = await client.users.roles.list.query({ userId });
  await client.users.roles.assign.mutate({ userId, roleIds: ['r'] });
  const factors = await client.users.mfaVerifications.list.query({ userId });
  const data = await client.users.customData.get.query({ userId });
  await client.users.delete.mutate({ userId });
  return [items, user.name, made.id, updated.name, suspended.isSuspended, roles.items, factors.length, data];
};
