import { useMutation, useQuery } from '@tanstack/react-query';
import { fieldErrors } from '@users-bff/trpc-client';
import { useInvalidateAfter, useUsersApi } from '@users-bff/trpc-client/react';
import type { FormEvent } from 'react';
import { Failure, Field, Section } from '../ui.js';

/** Personal access tokens of a user. Their values are shown when they are made, and not again. */
export const Tokens = ({ userId }: { readonly userId: string }) => {
  const api = useUsersApi();
  const invalidate = useInvalidateAfter();
  const tokens = useQuery(api.users.personalAccessTokens.list.queryOptions({ userId }));
  const create = useMutation(
    api.users.personalAccessTokens.create.mutationOptions({
      onSuccess: () => invalidate('users.personalAccessTokens.create', userId),
    }),
  );
  const remove = useMutation(
    api.users.personalAccessTokens.delete.mutationOptions({
      onSuccess: () => invalidate('users.personalAccessTokens.delete', userId),
    }),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get('name')).trim();
    create.mutate({ userId, name }, { onSuccess: () => form.reset() });
  };
  return (
    <Section title="Personal access tokens">
      <ul>
        {tokens.data?.map(({ name, expiresAt }) => (
          <li key={name}>
            <strong>{name}</strong>{' '}
            {expiresAt === null ? 'never expires' : `until ${new Date(expiresAt).toLocaleString()}`}{' '}
            <button type="button" onClick={() => remove.mutate({ userId, name })}>
              Delete {name}
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} className="row">
        <Field name="name" label="Name of a new token" errors={fieldErrors(create.error)} isRequired />
        <button type="submit">Make token</button>
      </form>
      {create.data && (
        <p>
          Shown this once: <code>{create.data.value}</code>
        </p>
      )}
      <Failure error={tokens.error ?? create.error ?? remove.error} />
    </Section>
  );
};
