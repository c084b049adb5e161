import { type ReactNode, useId } from 'react';
import { explain } from './words.js';

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly errors?: Readonly<Record<string, readonly string[]>>;
  readonly value?: string | null | undefined;
  readonly type?: string;
  readonly isRequired?: boolean;
}

/** A labelled input, and what is wrong with it. */
export const Field = ({ name, label, errors = {}, value, type = 'text', isRequired = false }: FieldProps) => {
  const id = useId();
  const [error] = errors[name] ?? [];
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        defaultValue={value ?? ''}
        required={isRequired}
        autoComplete="off"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}e`}
      />
      <span id={`${id}e`} className="error">
        {error}
      </span>
    </p>
  );
};

/** What went wrong, in plain words; nothing where nothing did. */
export const Failure = ({ error }: { readonly error: unknown }) =>
  error ? (
    <p role="alert" className="error">
      {explain(error)}
    </p>
  ) : null;

interface SectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

export const Section = ({ title, children }: SectionProps) => (
  <section aria-label={title}>
    <h2>{title}</h2>
    {children}
  </section>
);
