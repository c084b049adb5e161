import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { User } from '@users-bff/trpc-client';
import { useInvalidateAfter, useMay, useUsersApi } from '@users-bff/trpc-client/react';
import { type FormEvent, useState } from 'react';
import { Failure, Field } from '../ui.js';

/** Shown at once, and taken back where the server refuses. */
const useSuspension = ({ id }: User) => {
  const api = useUsersApi();
  const queryClient = useQueryClient();
  const invalidate = useInvalidateAfter();
  const { queryKey } = api.users.get.queryOptions({ userId: id });
  return useMutation(
    api.users.suspension.update.mutationOptions({
      onMutate: async ({ isSuspended }) => {
        await queryClient.cancelQueries({ queryKey });
        const before = queryClient.getQueryData<User>(queryKey);
        queryClient.setQueryData<User>(queryKey, (user) => user && { ...user, isSuspended });
        return { before };
      },
      onError: (_error, _input, context) => queryClient.setQueryData(queryKey, context?.before),
      // Not waited for: what failed is said at once, also while the server is away.
      onSettled: () => void invalidate('users.suspension.update', id),
    }),
  );
};

const ResetPassword = ({ userId }: { readonly userId: string }) => {
  const api = useUsersApi();
  const invalidate = useInvalidateAfter();
  const update = useMutation(
    api.users.password.update.mutationOptions({ onSuccess: () => invalidate('users.password.update', userId) }),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const password = String(new FormData(form).get('password'));
    update.mutate({ userId, password }, { onSuccess: () => form.reset() });
  };
  return (
    <form onSubmit={submit} className="row">
      <Field name="password" label="New password" type="password" isRequired />
      <button type="submit">Set password</button>
      {update.isSuccess && <span role="status">The password is set.</span>}
      <Failure error={update.error} />
    </form>
  );
};

const Delete = ({ user }: { readonly user: User }) => {
  const api = useUsersApi();
  const invalidate = useInvalidateAfter();
  const [isAsked, setAsked] = useState(false);
  const remove = useMutation(
    api.users.delete.mutationOptions({
      onSuccess: async () => {
        location.hash = '/';
        await invalidate('users.delete', user.id);
      },
    }),
  );
  return (
    <div className="row">
      {isAsked ? (
        <>
          <span>Delete {user.name ?? user.username ?? user.id} for good?</span>
          <button type="button" className="danger" onClick={() => remove.mutate({ userId: user.id })}>
            Yes, delete
          </button>
          <button type="button" onClick={() => setAsked(false)}>
            No
          </button>
        </>
      ) : (
        <button type="button" className="danger" onClick={() => setAsked(true)}>
          Delete
        </button>
      )}
      <Failure error={remove.error} />
    </div>
  );
};

/** What may be done with a user, as far as the caller may. */
export const Actions = ({ user }: { readonly user: User }) => {
  const may = useMay();
  const suspension = useSuspension(user);
  return (
    <>
      {may('users:write') && (
        <div className="row">
          <button type="button" onClick={() => suspension.mutate({ userId: user.id, isSuspended: !user.isSuspended })}>
            {user.isSuspended ? 'Lift suspension' : 'Suspend'}
          </button>
          <Failure error={suspension.error} />
        </div>
      )}
      {may('users:credentials') && <ResetPassword userId={user.id} />}
      {may('users:delete') && <Delete user={user} />}
    </>
  );
};
