import { useEffect, useState } from 'react';

/** Where in the panel one is. */
export interface Route {
  /** A procedure; none at the beginning. */
  readonly path: string | undefined;
  /** What it is to be called with. */
  readonly input: unknown;
}

const toText = (bytes: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(bytes.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)),
  );

const toBase64Url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** The fragment of a link to a call: servers never see it. Give no secrets. */
export const toHash = (path: string, input?: unknown): string =>
  `#/${encodeURIComponent(path)}${input === undefined ? '' : `?input=${toBase64Url(JSON.stringify(input))}`}`;

/** Reads a fragment; one that is not the panel's leads to the beginning. */
export const fromHash = (hash: string): Route => {
  const [, name, query] = /^#\/([^?]+)(?:\?(.*))?$/.exec(hash) ?? [];
  if (name === undefined) return { path: undefined, input: undefined };
  try {
    const input = new URLSearchParams(query).get('input');
    return { path: decodeURIComponent(name), input: input === null ? undefined : JSON.parse(toText(input)) };
  } catch {
    return { path: name, input: undefined };
  }
};

/** The route, as it changes. */
export const useRoute = (): Route => {
  const [route, setRoute] = useState(() => fromHash(location.hash));
  useEffect(() => {
    const follow = () => setRoute(fromHash(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
};
