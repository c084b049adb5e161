import type { Manifest, Settings } from '../src/manifest.js';

/** The manifest, or why there is none. */
export type Loaded = { readonly manifest: Manifest } | { readonly refused: 'unknown' | 'forbidden' | 'failed' };

/** The settings of this page. */
export const loadSettings = async (): Promise<Settings> => (await fetch('./settings.json')).json() as Promise<Settings>;

/** What is known of the router; a server may keep it from callers it does not know, or who may not see it. */
export const loadManifest = async (headers: Readonly<Record<string, string>>): Promise<Loaded> => {
  try {
    const response = await fetch('./manifest.json', { headers: { ...headers } });
    if (response.ok) return { manifest: (await response.json()) as Manifest };
    if (response.status === 401) return { refused: 'unknown' };
    return { refused: response.status === 403 ? 'forbidden' : 'failed' };
  } catch {
    // A header that cannot be sent, a network that is gone.
    return { refused: 'failed' };
  }
};
