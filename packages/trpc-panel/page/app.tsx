import { useEffect, useMemo, useRef, useState } from 'react';
import type { Settings } from '../src/manifest.js';
import type { Endpoint } from './call/send.js';
import { Explorer } from './explorer.js';
import { type Loaded, loadManifest } from './load.js';
import { PanelContext } from './panel-context.js';
import { createSecrets } from './schema/secrets.js';
import { SessionDialog } from './session/session-dialog.js';
import { useIdentity } from './session/use-identity.js';
import { headersOf, useSession } from './session/use-session.js';
import { useTheme } from './session/use-theme.js';
import { TopBar } from './top-bar.js';

interface AppProps {
  readonly settings: Settings;
  /** The token of a sign-in that has just ended. */
  readonly newToken: string | undefined;
  /** Why a sign-in failed. */
  readonly signInFault: string | undefined;
}

const TYPING_MS = 250;

const REFUSALS = {
  unknown: 'Sign in to see the procedures.',
  forbidden: 'You are known, and may not see this panel.',
  failed: 'The server does not say what it offers.',
} as const;

/** The page. */
export const App = ({ settings, newToken, signInFault }: AppProps) => {
  const session = useSession();
  const [theme, nextTheme] = useTheme();
  const [loaded, setLoaded] = useState<Loaded>();
  const [isSessionOpen, setSessionOpen] = useState(false);
  const [isListOpen, setListOpen] = useState(false);
  const [fault, setFault] = useState(signInFault);
  const { token, headers, setToken } = session;

  useEffect(() => {
    if (newToken !== undefined) setToken(newToken);
  }, [newToken, setToken]);
  const sent = useMemo(() => headersOf({ token, headers }), [token, headers]);
  const isFirst = useRef(true);
  useEffect(() => {
    let isCurrent = true;
    const load = () => void loadManifest(sent).then((next) => isCurrent && setLoaded(next));
    // Headers are typed letter by letter.
    const timer = setTimeout(load, isFirst.current ? 0 : TYPING_MS);
    isFirst.current = false;
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [sent]);

  const manifest = loaded && 'manifest' in loaded ? loaded.manifest : undefined;
  const secrets = useMemo(() => createSecrets(settings.secretNames), [settings]);
  const endpoint = useMemo<Endpoint | undefined>(
    () =>
      manifest && {
        url: settings.url,
        queriesBy: settings.queriesBy,
        transformer: manifest.transformer,
        headers: sent,
      },
    [settings, manifest, sent],
  );
  const { who, fault: identityFault } = useIdentity(settings.identity, endpoint, token);

  const panel = manifest &&
    endpoint && {
      settings,
      manifest,
      endpoint,
      secrets,
      hasToken: token !== undefined,
      permissions: who?.permissions,
    };
  return (
    <>
      <TopBar
        settings={settings}
        who={who}
        hasToken={token !== undefined}
        theme={theme}
        isListOpen={isListOpen}
        onTheme={nextTheme}
        onSession={() => setSessionOpen(true)}
        onList={() => setListOpen(!isListOpen)}
      />
      {fault !== undefined && (
        <p className="hint" role="alert">
          {fault}{' '}
          <button type="button" className="link" onClick={() => setFault(undefined)}>
            Dismiss
          </button>
        </p>
      )}
      {panel ? (
        <PanelContext value={panel}>
          <Explorer isListOpen={isListOpen} onLeaveList={() => setListOpen(false)} />
        </PanelContext>
      ) : (
        <main className="gate">
          {loaded && 'refused' in loaded && (
            <>
              <h1>{REFUSALS[loaded.refused]}</h1>
              <button type="button" className="primary" onClick={() => setSessionOpen(true)}>
                Who calls…
              </button>
            </>
          )}
        </main>
      )}
      {isSessionOpen && (
        <SessionDialog
          session={session}
          signIn={settings.signIn}
          who={who}
          fault={identityFault}
          onClose={() => setSessionOpen(false)}
        />
      )}
    </>
  );
};
