import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { loadSettings } from './load.js';
import { returnFromSignIn } from './session/sign-in.js';
import './styles/base.css';
import './styles/layout.css';
import './styles/form.css';
import './styles/result.css';

const root = document.getElementById('root');
if (!root) throw new Error('the document has no place for the page');

const settings = await loadSettings().catch((error: unknown) => {
  root.textContent = 'The panel cannot be loaded: its server does not answer.';
  throw error;
});
document.title = settings.title;
const signedIn = await returnFromSignIn(settings.signIn).then(
  (token) => ({ token, fault: undefined }),
  (error: unknown) => ({
    token: undefined,
    fault: `Nobody is signed in: ${error instanceof Error ? error.message : 'the issuer refused'}`,
  }),
);
createRoot(root).render(
  <StrictMode>
    <App settings={settings} newToken={signedIn.token} signInFault={signedIn.fault} />
  </StrictMode>,
);
