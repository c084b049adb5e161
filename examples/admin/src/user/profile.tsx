import { useMutation } from '@tanstack/react-query';
import { fieldErrors, type User } from '@users-bff/trpc-client';
import { useInvalidateAfter, useMay, useUsersApi } from '@users-bff/trpc-client/react';
import type { FormEvent } from 'react';
import { Failure, Field, Section } from '../ui.js';

/** Name, identifiers and profile: a form for those who may, else facts. */
export const Profile = ({ user }: { readonly user: User }) => {
  const may = useMay();
  const api = useUsersApi();
  const invalidate = useInvalidateAfter();
  const update = useMutation(
    api.users.update.mutationOptions({ onSuccess: () => invalidate('users.update', user.id) }),
  );
  const { profile } = user;
  if (!may('users:write')) {
    return (
      <Section title="Profile">
        <dl>
          <dt>Username</dt>
          <dd>{user.username ?? '–'}</dd>
          <dt>E-mail</dt>
          <dd>{user.primaryEmail ?? '–'}</dd>
          <dt>Phone</dt>
          <dd>{user.primaryPhone ?? '–'}</dd>
          <dt>Language</dt>
          <dd>{profile.locale ?? '–'}</dd>
        </dl>
      </Section>
    );
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '').trim() || null;
    const { givenName: _g, familyName: _f, ...others } = profile;
    const givenName = text('givenName');
    const familyName = text('familyName');
    update.mutate({
      userId: user.id,
      name: text('name'),
      ...(may('users:identifiers') && { username: text('username'), primaryEmail: text('primaryEmail') }),
      profile: { ...others, ...(givenName !== null && { givenName }), ...(familyName !== null && { familyName }) },
    });
  };
  const errors = fieldErrors(update.error);
  return (
    <Section title="Profile">
      <form onSubmit={submit}>
        <Field name="name" label="Name" value={user.name} errors={errors} />
        {may('users:identifiers') && (
          <>
            <Field name="username" label="Username" value={user.username} errors={errors} />
            <Field name="primaryEmail" label="E-mail" value={user.primaryEmail} errors={errors} />
          </>
        )}
        <Field name="givenName" label="Given name" value={profile.givenName} errors={errors} />
        <Field name="familyName" label="Family name" value={profile.familyName} errors={errors} />
        <Failure error={update.error} />
        <button type="submit" className="primary" disabled={update.isPending}>
          Save
        </button>
        {update.isSuccess && <span role="status">Saved.</span>}
      </form>
    </Section>
  );
};
