import { useEffect, useState } from 'react';

interface CopyButtonProps {
  readonly label: string;
  readonly text: string;
}

const SHOWN_MS = 1_500;

/** Copies a text, and says so. */
export const CopyButton = ({ label, text }: CopyButtonProps) => {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Not allowed'),
    );
  return (
    <button type="button" onClick={copy}>
      <span aria-live="polite">{said ?? label}</span>
    </button>
  );
};
