import { createManagementApi } from '@logto/api/management';

const { apiClient: client } = createManagementApi('tenant', { clientId: 'id', clientSecret: 'secret' });
const params = { path: { userId: 'u' } };

export const use = async () => {
  const users = await client.GET('/api/users', { params: { query: { page_size: 10 } } });
  const user = await client.GET('/api/users/{userId}', { params });
  const made = await client.POST('/api/users', { body: { username: 'ada' } });
  const updated = await client.PATCH('/api/users/{userId}', { params, body: { name: 'Ada' } });
  const suspended = await client.PATCH('/api/users/{userId}/is-suspended', { params, body: { isSuspended: true } });
  const roles = await client.GET('/api/users/{userId}/roles', { params });
  await client.POST('/api/users/{userId}/roles', { params, body: { roleIds: ['r'] } });
  const factors = await client.GET('/api/users/{userId}/mfa-verifications', { params });
  const data = await client.GET('/api/users/{userId}/custom-data', { params });
  await client.DELETE('/api/users/{userId}', { params });
  return [
    users.data,
    user.data?.name,
    made.data?.id,
    updated.data?.name,
    suspended.data,
    roles.data,
    factors.data,
    data.data,
  ];
};
