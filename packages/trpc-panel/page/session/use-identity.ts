import { useEffect, useState } from 'react';
import type { Identity } from '../../src/manifest.js';
import { type Endpoint, send } from '../call/send.js';
import { isObject } from '../schema/resolve.js';

/** Who calls, as the router says. */
export interface Who {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly permissions: readonly string[] | undefined;
}

/** Asks who calls, whenever another token does. */
export const useIdentity = (
  identity: Identity | undefined,
  endpoint: Endpoint | undefined,
  token: string | undefined,
): { who: Who | undefined; fault: string | undefined } => {
  const [state, setState] = useState<{ who?: Who; fault?: string }>({});
  useEffect(() => {
    setState({});
    if (!identity || !endpoint || token === undefined) return;
    const stop = new AbortController();
    const call = { path: identity.procedure, kind: 'query', input: undefined, schema: undefined } as const;
    void send([call], endpoint, stop.signal).then(([outcome]) => {
      if (stop.signal.aborted || !outcome) return;
      if (outcome.error) return setState({ fault: outcome.error.message });
      const facts = isObject(outcome.result) ? outcome.result : {};
      const listed = facts[identity.permissions ?? 'permissions'];
      const permissions = Array.isArray(listed) ? listed.filter((each) => typeof each === 'string') : undefined;
      setState({ who: { facts, permissions } });
    });
    return () => stop.abort();
  }, [identity, endpoint === undefined, token]);
  return { who: state.who, fault: state.fault };
};
