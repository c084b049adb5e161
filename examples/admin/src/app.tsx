import { useWhoami } from '@users-bff/trpc-client/react';
import { useSyncExternalStore } from 'react';
import { Outage } from './outage.js';
import { signOut } from './session.js';
import { UserPage } from './user/user-page.js';
import { UsersPage } from './users-page.js';

const useHash = (): string =>
  useSyncExternalStore(
    (changed) => {
      addEventListener('hashchange', changed);
      return () => removeEventListener('hashchange', changed);
    },
    () => location.hash,
  );

export const App = () => {
  const { data: me } = useWhoami();
  const [, userId] = /^#\/users\/(.+)$/.exec(useHash()) ?? [];
  const leave = async () => {
    await signOut();
    location.assign('/');
  };
  return (
    <>
      <header className="top">
        <a href="#/">Users</a>
        <span>{me?.permissions.includes('users:write') === false && 'read only'}</span>
        <button type="button" onClick={leave}>
          Sign out
        </button>
      </header>
      <Outage />
      <main>
        {userId === undefined ? <UsersPage /> : <UserPage key={userId} userId={decodeURIComponent(userId)} />}
      </main>
    </>
  );
};
