import type { FieldProps, Registry } from '@rjsf/utils';
import type { Secrets } from '../../schema/secrets.js';

/** What fields know besides their schema. */
export interface FormContext {
  readonly secrets: Secrets;
  /** What single fields of the input need besides, by field. */
  readonly fieldPermissions: Readonly<Record<string, string>>;
  /** What the caller may; `undefined` where nobody knows. */
  readonly permissions: readonly string[] | undefined;
  /** A field holds text that is no JSON; `undefined` once it does. */
  onSyntax(id: string, fault: string | undefined): void;
}

export type Props = FieldProps<unknown, Record<string, unknown>, FormContext>;
export type PanelRegistry = Registry<unknown, Record<string, unknown>, FormContext>;

/** `input.profile.address` is the field `profile.address`. */
export const nameOf = (id: string): string => id.replace(/^input\.?/, '') || 'input';
