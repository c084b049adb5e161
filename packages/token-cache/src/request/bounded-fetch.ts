import { TokenError } from '../errors.js';

/** A token, metadata or an error are a few kilobytes. */
const MAX_BYTES = 1_048_576;

/**
 * Fetches, and reads the whole answer as far as it is of a reasonable length.
 *
 * @throws {@link TokenError} for an answer that is longer.
 */
export const boundedFetch = async (url: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(url, init);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop ends the transfer.
    if (bytes > MAX_BYTES)
      throw new TokenError('unreadable', 'the authorization server answered more than a token takes');
    chunks.push(chunk);
  }
  const { status, statusText, headers } = response;
  return new Response(bytes > 0 ? Buffer.concat(chunks) : null, { status, statusText, headers });
};
