import { useEffect, useState } from 'react';

/** One header that goes with every call. */
export interface Header {
  readonly name: string;
  readonly value: string;
  readonly isOn: boolean;
}

/** What goes with every call. In memory; in this tab's session storage where the user wants it to survive a reload. */
export interface Session {
  readonly token: string | undefined;
  readonly headers: readonly Header[];
  readonly isKept: boolean;
  setToken(token: string | undefined): void;
  setHeaders(headers: readonly Header[]): void;
  setKept(isKept: boolean): void;
}

const KEY = 'trpc-panel:session';

interface Saved {
  readonly token?: string;
  readonly headers: readonly Header[];
}

const restore = (): Saved | undefined => {
  const saved = sessionStorage.getItem(KEY);
  return saved === null ? undefined : (JSON.parse(saved) as Saved);
};

export const useSession = (): Session => {
  const [saved] = useState(restore);
  const [token, setToken] = useState<string | undefined>(saved?.token);
  const [headers, setHeaders] = useState<readonly Header[]>(saved?.headers ?? []);
  const [isKept, setKept] = useState(saved !== undefined);

  useEffect(() => {
    if (isKept) sessionStorage.setItem(KEY, JSON.stringify({ token, headers }));
    else sessionStorage.removeItem(KEY);
  }, [token, headers, isKept]);

  return { token, headers, isKept, setToken, setHeaders, setKept };
};

/** The headers of a call. */
export const headersOf = ({ token, headers }: Pick<Session, 'token' | 'headers'>): Record<string, string> => ({
  ...Object.fromEntries(
    headers.filter(({ name, isOn }) => isOn && name !== '').map(({ name, value }) => [name, value]),
  ),
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});
