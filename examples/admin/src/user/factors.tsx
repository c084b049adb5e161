import { useMutation, useQuery } from '@tanstack/react-query';
import { useInvalidateAfter, useMay, useUsersApi } from '@users-bff/trpc-client/react';
import { Failure, Section } from '../ui.js';

/** Second factors of a user. */
export const Factors = ({ userId }: { readonly userId: string }) => {
  const may = useMay();
  const api = useUsersApi();
  const invalidate = useInvalidateAfter();
  const factors = useQuery(api.users.mfaVerifications.list.queryOptions({ userId }));
  const create = useMutation(
    api.users.mfaVerifications.create.mutationOptions({
      onSuccess: () => invalidate('users.mfaVerifications.create', userId),
    }),
  );
  const remove = useMutation(
    api.users.mfaVerifications.delete.mutationOptions({
      onSuccess: () => invalidate('users.mfaVerifications.delete', userId),
    }),
  );
  const made = create.data;
  return (
    <Section title="Second factors">
      <ul>
        {factors.data?.map(({ id, type }) => (
          <li key={id}>
            <strong>{type}</strong>{' '}
            {may('users:credentials') && (
              <button type="button" onClick={() => remove.mutate({ userId, verificationId: id })}>
                Remove {type}
              </button>
            )}
          </li>
        ))}
      </ul>
      {factors.data?.length === 0 && <p>No second factors.</p>}
      {may('users:credentials') && (
        <button type="button" onClick={() => create.mutate({ userId, type: 'Totp' })}>
          New authenticator
        </button>
      )}
      {made?.type === 'Totp' && (
        <figure>
          <img src={made.secretQrCode} alt="QR code for an authenticator app" />
          <figcaption>Shown this once.</figcaption>
        </figure>
      )}
      <Failure error={factors.error ?? create.error ?? remove.error} />
    </Section>
  );
};
