import { useMutation, useQuery } from '@tanstack/react-query';
import { useInvalidateAfter, useMay, useUsersApi } from '@users-bff/trpc-client/react';
import type { FormEvent } from 'react';
import { Failure, Field, Section } from '../ui.js';

/** Roles of a user, to be given and taken. */
export const Roles = ({ userId }: { readonly userId: string }) => {
  const may = useMay();
  const api = useUsersApi();
  const invalidate = useInvalidateAfter();
  const roles = useQuery(api.users.roles.list.queryOptions({ userId }));
  const assign = useMutation(
    api.users.roles.assign.mutationOptions({ onSuccess: () => invalidate('users.roles.assign', userId) }),
  );
  const remove = useMutation(
    api.users.roles.remove.mutationOptions({ onSuccess: () => invalidate('users.roles.remove', userId) }),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const roleId = String(new FormData(form).get('roleId')).trim();
    assign.mutate({ userId, roleIds: [roleId] }, { onSuccess: () => form.reset() });
  };
  return (
    <Section title="Roles">
      <ul>
        {roles.data?.items.map(({ id, name, description }) => (
          <li key={id}>
            <strong>{name}</strong> {description}{' '}
            {may('users:roles') && (
              <button type="button" onClick={() => remove.mutate({ userId, roleId: id })}>
                Remove {name}
              </button>
            )}
          </li>
        ))}
      </ul>
      {roles.data?.items.length === 0 && <p>No roles.</p>}
      {may('users:roles') && (
        <form onSubmit={submit} className="row">
          <Field name="roleId" label="Id of a role" isRequired />
          <button type="submit">Assign</button>
        </form>
      )}
      <Failure error={roles.error ?? assign.error ?? remove.error} />
    </Section>
  );
};
