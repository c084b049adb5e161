import { usePanel } from '../panel-context.js';
import { Dialog } from '../ui/dialog.js';
import type { Call } from './send.js';

interface ConfirmDialogProps {
  readonly call: Call;
  readonly summary: string | undefined;
  onAnswer(isWanted: boolean): void;
}

/** Asks before something is destroyed. */
export const ConfirmDialog = ({ call, summary, onAnswer }: ConfirmDialogProps) => {
  const { settings, secrets } = usePanel();
  return (
    <Dialog title={`Call ${call.path}?`} onClose={() => onAnswer(false)}>
      <p>{summary ?? 'This destroys something.'}</p>
      {settings.notice && <p className={`notice ${settings.notice.tone}`}>{settings.notice.text}</p>}
      <pre className="raw">{JSON.stringify(secrets.masked(call.input), null, 2) ?? 'no input'}</pre>
      <div className="row">
        <button type="button" className="danger" onClick={() => onAnswer(true)}>
          Yes, call it
        </button>
        <button type="button" onClick={() => onAnswer(false)}>
          No
        </button>
      </div>
    </Dialog>
  );
};
