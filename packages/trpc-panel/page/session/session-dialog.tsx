import { type FormEvent, useRef, useState } from 'react';
import type { SignIn } from '../../src/manifest.js';
import { Dialog } from '../ui/dialog.js';
import { HeaderList } from './header-list.js';
import { leaveForSignIn } from './sign-in.js';
import type { Who } from './use-identity.js';
import type { Session } from './use-session.js';

interface SessionDialogProps {
  readonly session: Session;
  readonly signIn: SignIn | undefined;
  readonly who: Who | undefined;
  readonly fault: string | undefined;
  onClose(): void;
}

const said = (value: unknown): string => {
  if (typeof value === 'number' && value > 1e12 && value < 1e13) return new Date(value).toLocaleString();
  return Array.isArray(value) ? value.join(', ') || 'none' : String(value);
};

/** Who calls: signed in at the issuer, or by a token that is pasted; and which headers go with it. */
export const SessionDialog = ({ session, signIn, who, fault, onClose }: SessionDialogProps) => {
  const [failure, setFailure] = useState<string>();
  const pasted = useRef<HTMLInputElement>(null);
  const { token, setToken } = session;
  const leave = (signInThere: SignIn, asOther: boolean) =>
    leaveForSignIn(signInThere, asOther).catch((error: unknown) => {
      setFailure(`The issuer cannot be used: ${error instanceof Error ? error.message : 'it does not answer'}`);
    });
  const paste = (event: FormEvent) => {
    event.preventDefault();
    const text = pasted.current?.value.trim().replace(/^Bearer\s+/i, '');
    if (pasted.current) pasted.current.value = '';
    if (text) setToken(text);
  };
  return (
    <Dialog title="Who calls" onClose={onClose}>
      {token === undefined ? (
        <p>Nobody is signed in: calls go without a token.</p>
      ) : (
        <>
          {who && (
            <dl className="facts">
              {Object.entries(who.facts).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{said(value)}</dd>
                </div>
              ))}
            </dl>
          )}
          {!who && <p>{fault === undefined ? 'Calls go with a token.' : `The token was refused: ${fault}`}</p>}
          <button type="button" onClick={() => setToken(undefined)}>
            Forget the token
          </button>
        </>
      )}
      {signIn && (
        <section>
          <h3>Sign in</h3>
          <p className="muted">At {new URL(signIn.issuer).host}, which sends you back here.</p>
          <div className="row">
            <button type="button" className="primary" onClick={() => leave(signIn, false)}>
              Sign in
            </button>
            <button type="button" onClick={() => leave(signIn, true)}>
              Sign in as somebody else
            </button>
          </div>
          {failure !== undefined && <p role="alert">{failure}</p>}
        </section>
      )}
      <section>
        <h3>Or paste an access token</h3>
        <form className="row" onSubmit={paste}>
          <input ref={pasted} type="password" aria-label="Access token" autoComplete="off" placeholder="eyJhbGciOi…" />
          <button type="submit">Use it</button>
        </form>
      </section>
      <section>
        <h3>Other headers</h3>
        <HeaderList headers={session.headers} onChange={session.setHeaders} />
      </section>
      <label className="check">
        <input type="checkbox" checked={session.isKept} onChange={({ target }) => session.setKept(target.checked)} />
        Keep token and headers in this tab until it is closed. Otherwise they are gone when the page is.
      </label>
    </Dialog>
  );
};
