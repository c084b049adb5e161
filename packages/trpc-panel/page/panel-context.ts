import { createContext, useContext } from 'react';
import type { Manifest, ProcedureManifest, Settings } from '../src/manifest.js';
import type { Endpoint } from './call/send.js';
import type { Secrets } from './schema/secrets.js';

/** What every part of the page may know. */
export interface Panel {
  readonly settings: Settings;
  readonly manifest: Manifest;
  readonly endpoint: Endpoint;
  readonly secrets: Secrets;
  readonly hasToken: boolean;
  /** What the caller may; `undefined` where nobody knows. */
  readonly permissions: readonly string[] | undefined;
}

export const PanelContext = createContext<Panel | undefined>(undefined);

/** The panel around this part. */
export const usePanel = (): Panel => {
  const panel = useContext(PanelContext);
  if (!panel) throw new Error('there is no panel around this');
  return panel;
};

/** Whether the caller is known to lack what a procedure needs. */
export const isLacking = ({ permissions }: Pick<Panel, 'permissions'>, { permission }: ProcedureManifest): boolean =>
  permission !== undefined && permissions !== undefined && !permissions.includes(permission);
