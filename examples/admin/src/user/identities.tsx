import { useMutation } from '@tanstack/react-query';
import type { User } from '@users-bff/trpc-client';
import { useInvalidateAfter, useMay, useUsersApi } from '@users-bff/trpc-client/react';
import { Failure, Section } from '../ui.js';

/** Social identities of a user. */
export const Identities = ({ user }: { readonly user: User }) => {
  const may = useMay();
  const api = useUsersApi();
  const invalidate = useInvalidateAfter();
  const unlink = useMutation(
    api.users.identities.delete.mutationOptions({ onSuccess: () => invalidate('users.identities.delete', user.id) }),
  );
  const targets = Object.entries(user.identities);
  return (
    <Section title="Identities">
      <ul>
        {targets.map(([target, { userId }]) => (
          <li key={target}>
            <strong>{target}</strong> {userId}{' '}
            {may('users:credentials') && (
              <button type="button" onClick={() => unlink.mutate({ userId: user.id, target })}>
                Unlink {target}
              </button>
            )}
          </li>
        ))}
      </ul>
      {targets.length === 0 && <p>No social identities.</p>}
      <Failure error={unlink.error} />
    </Section>
  );
};
