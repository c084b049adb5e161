import { useMay, useUser } from '@users-bff/trpc-client/react';
import { Failure } from '../ui.js';
import { Actions } from './actions.js';
import { Factors } from './factors.js';
import { Identities } from './identities.js';
import { Profile } from './profile.js';
import { Roles } from './roles.js';
import { Tokens } from './tokens.js';

/** One user, with everything that the caller may see and do. */
export const UserPage = ({ userId }: { readonly userId: string }) => {
  const may = useMay();
  const { data: user, error } = useUser(userId);
  if (error && !user) return <Failure error={error} />;
  if (!user) return <p role="status">Loading…</p>;
  return (
    <>
      <h1>{user.name ?? user.username ?? user.id}</h1>
      <p>
        <code>{user.id}</code> · <strong>{user.isSuspended ? 'suspended' : 'active'}</strong>
      </p>
      <Actions user={user} />
      <Profile user={user} />
      <Roles userId={userId} />
      <Identities user={user} />
      <Factors userId={userId} />
      {may('users:credentials') && <Tokens userId={userId} />}
    </>
  );
};
