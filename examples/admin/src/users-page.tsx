import { useMutation } from '@tanstack/react-query';
import { fieldErrors } from '@users-bff/trpc-client';
import { useInvalidateAfter, useMay, useUsers, useUsersApi } from '@users-bff/trpc-client/react';
import { type FormEvent, useState } from 'react';
import { Failure, Field } from './ui.js';

const NewUser = () => {
  const api = useUsersApi();
  const invalidate = useInvalidateAfter();
  const create = useMutation(
    api.users.create.mutationOptions({
      onSuccess: async ({ id }) => {
        await invalidate('users.create', id);
        location.hash = `/users/${id}`;
      },
    }),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = [...new FormData(event.currentTarget)].filter(([, value]) => value !== '');
    create.mutate(Object.fromEntries(given) as { username?: string; name?: string; primaryEmail?: string });
  };
  const errors = fieldErrors(create.error);
  return (
    <details>
      <summary>New user</summary>
      <form onSubmit={submit}>
        <Field name="username" label="Username" errors={errors} />
        <Field name="name" label="Name" errors={errors} />
        <Field name="primaryEmail" label="E-mail" errors={errors} />
        <Failure error={create.error} />
        <button type="submit" className="primary" disabled={create.isPending}>
          Create
        </button>
      </form>
    </details>
  );
};

/** Users, by what is searched, a page at a time. */
export const UsersPage = () => {
  const may = useMay();
  const [text, setText] = useState('');
  const like = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const users = useUsers({ pageSize: 20, ...(text !== '' && { search: { any: { like } } }) });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setText(String(new FormData(event.currentTarget).get('text') ?? '').trim());
  };
  const [first] = users.data?.pages ?? [];
  return (
    <>
      <h1>Users</h1>
      <form onSubmit={submit} className="row">
        <input type="search" name="text" aria-label="Search" placeholder="Name, username, e-mail, phone" />
        <button type="submit">Search</button>
      </form>
      {may('users:write') && <NewUser />}
      <Failure error={users.error} />
      {first && (
        <p>
          {first.totalCount} {first.totalCount === 1 ? 'user' : 'users'}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Username</th>
            <th scope="col">E-mail</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {users.data?.pages
            .flatMap(({ items }) => items)
            .map(({ id, name, username, primaryEmail, isSuspended }) => (
              <tr key={id}>
                <td>
                  <a href={`#/users/${encodeURIComponent(id)}`}>{name ?? username ?? id}</a>
                </td>
                <td>{username}</td>
                <td>{primaryEmail}</td>
                <td>{isSuspended ? 'suspended' : 'active'}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {users.isPending && !users.error && <p role="status">Loading…</p>}
      {users.hasNextPage && (
        <button type="button" onClick={() => users.fetchNextPage()} disabled={users.isFetchingNextPage}>
          More
        </button>
      )}
    </>
  );
};
