import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

/** The address of whoever sent a request, as far as proxies can be trusted to tell. */
export type ClientAddress = (request: IncomingMessage) => string | undefined;

/**
 * Makes it: what `X-Forwarded-For` says, read from its end for as long as the addresses are those of trusted proxies.
 *
 * @param trusted Addresses and networks.
 */
export const createClientAddress = (trusted: readonly string[]): ClientAddress => {
  const isTrusted = proxyAddr.compile([...trusted]);
  return (request) => (request.socket.remoteAddress === undefined ? undefined : proxyAddr(request, isTrusted));
};
