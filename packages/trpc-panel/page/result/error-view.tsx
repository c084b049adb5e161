import { explain } from '../call/explain.js';
import type { CallError } from '../call/send.js';
import { isLacking, usePanel } from '../panel-context.js';

interface ErrorViewProps {
  readonly path: string;
  readonly error: CallError;
}

/** An error in words: what tRPC's code means, what the system behind said, which fields are wrong. */
export const ErrorView = ({ path, error }: ErrorViewProps) => {
  const panel = usePanel();
  const { meaning, behind, issues } = explain(error, panel.manifest.errors);
  const procedure = panel.manifest.procedures.find((each) => each.path === path);
  const isSaid = behind !== undefined && issues.every(({ message }) => message === behind.text);
  const isForbidden = error.code === 'FORBIDDEN' && procedure && isLacking(panel, procedure);
  return (
    <div className="error" role="alert">
      <p>
        {error.code !== undefined && <code className="code-name">{error.code}</code>} <strong>{error.message}</strong>
      </p>
      {meaning !== '' && <p>{meaning}</p>}
      {isForbidden && <p>You lack {procedure.permission}. Whoever manages your roles can give it to you.</p>}
      {behind && (
        <p>
          {panel.manifest.errors.from} says <code className="code-name">{behind.code}</code>
          {behind.text !== undefined && <>: {behind.text}</>}
        </p>
      )}
      {issues.length > 0 && !isSaid && (
        <ul>
          {issues.map(({ path: place, message }) => (
            <li key={`${place.join('.')} ${message}`}>
              {place.length > 0 && <code>{place.join('.')}</code>} {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};
