import type { Settings } from '../src/manifest.js';
import type { Who } from './session/use-identity.js';
import type { Theme } from './session/use-theme.js';

interface TopBarProps {
  readonly settings: Settings;
  readonly who: Who | undefined;
  readonly hasToken: boolean;
  readonly theme: Theme;
  readonly isListOpen: boolean;
  onTheme(): void;
  onSession(): void;
  onList(): void;
}

const nameOf = ({ facts }: Who): string =>
  String(facts['name'] ?? facts['username'] ?? facts['email'] ?? facts['subject'] ?? facts['sub'] ?? 'signed in');

/** Which server this is, and who calls. */
export const TopBar = (props: TopBarProps) => {
  const { settings, who, hasToken, theme, isListOpen, onTheme, onSession, onList } = props;
  return (
    <header className="top">
      <button
        type="button"
        className="only-narrow"
        aria-expanded={isListOpen}
        aria-controls="procedures"
        onClick={onList}
      >
        ☰<span className="unseen"> Procedures</span>
      </button>
      <a className="title" href="#/">
        {settings.title}
      </a>
      {settings.notice && <p className={`notice ${settings.notice.tone}`}>{settings.notice.text}</p>}
      <button type="button" className="quiet" onClick={onTheme} title={`Theme: ${theme}`}>
        <span aria-hidden="true">◐</span>
        <span className="unseen">Theme: {theme}</span>
      </button>
      <button type="button" className="quiet who" onClick={onSession}>
        {who ? nameOf(who) : hasToken ? 'token' : 'Sign in'}
        {who?.permissions && (
          <span className="muted">
            {' '}
            · {who.permissions.length} {who.permissions.length === 1 ? 'permission' : 'permissions'}
          </span>
        )}
      </button>
    </header>
  );
};
