import { createUsersClient } from '@users-bff/trpc-client';
import { UsersProvider } from '@users-bff/trpc-client/react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import './admin.css';
import { queryClient } from './query-client.js';
import { getAccessToken, isSignedIn, renew, signIn } from './session.js';

const root = createRoot(document.getElementById('root') as HTMLElement);
// Queries wait and try again by themselves: see query-client.ts.
const client = createUsersClient({ url: '/trpc', getAccessToken, onUnauthorized: renew, retries: 0 });

if (await isSignedIn()) {
  root.render(
    <UsersProvider client={client} queryClient={queryClient}>
      <App />
    </UsersProvider>,
  );
} else {
  root.render(
    <main className="gate">
      <h1>Users</h1>
      <button type="button" className="primary" onClick={signIn}>
        Sign in
      </button>
    </main>,
  );
}
