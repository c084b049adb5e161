import { type KeyboardEvent, type ReactNode, useId } from 'react';

/** One of several views of the same thing. */
export interface Tab<Name extends string> {
  readonly name: Name;
  readonly label: string;
  readonly content: ReactNode;
}

interface TabsProps<Name extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<NoInfer<Name>>[];
  readonly current: Name;
  onChange(name: NoInfer<Name>): void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** Tabs as the ARIA Authoring Practices have them: arrows move, and moving shows. */
export const Tabs = <Name extends string>({ label, tabs, current, onChange }: TabsProps<Name>) => {
  const id = useId();
  const index = Math.max(
    tabs.findIndex(({ name }) => name === current),
    0,
  );
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[event.key];
    const next = step === undefined ? undefined : tabs[(index + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onChange(next.name);
    document.getElementById(`${id}${next.name}`)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label={label} className="tabs">
        {tabs.map(({ name, label: text }, at) => (
          <button
            key={name}
            id={`${id}${name}`}
            type="button"
            role="tab"
            aria-selected={at === index}
            aria-controls={`${id}panel`}
            tabIndex={at === index ? 0 : -1}
            onClick={() => onChange(name)}
            onKeyDown={move}
          >
            {text}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}${tabs[index]?.name}`} className="tab-panel">
        {tabs[index]?.content}
      </div>
    </>
  );
};
