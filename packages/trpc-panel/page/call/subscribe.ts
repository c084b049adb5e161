import { isObject } from '../schema/resolve.js';
import { fromWire } from '../schema/wire.js';
import { type Call, type Endpoint, toRequest } from './send.js';

/** One message of a stream of server-sent events. */
interface Message {
  readonly event: string;
  readonly data: string;
}

/** Messages of a `text/event-stream` (HTML Standard, section 9.2). */
async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .getReader();
  let rest = '';
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block.split(/\r?\n/).map((line) => /^([^:]*):? ?(.*)$/.exec(line) ?? []);
      const data = fields.filter(([, name]) => name === 'data').map(([, , said = '']) => said);
      yield { event: fields.find(([, name]) => name === 'event')?.[2] ?? 'message', data: data.join('\n') };
    }
  }
}

/**
 * Opens a subscription over server-sent events and tells each value.
 *
 * @throws Error with words for people, where the stream cannot be opened or ends with an error.
 */
export const subscribe = async (
  call: Call,
  endpoint: Endpoint,
  signal: AbortSignal,
  onValue: (value: unknown) => void,
): Promise<void> => {
  const { url } = toRequest([call], endpoint);
  const response = await fetch(url, { signal, headers: { accept: 'text/event-stream', ...endpoint.headers } });
  if (!response.ok || !response.body || !response.headers.get('content-type')?.includes('event-stream')) {
    throw new Error(`The server answered ${response.status} and no stream of events.`);
  }
  for await (const { event, data } of messages(response.body)) {
    if (event === 'return') return;
    if (event === 'serialized-error') {
      const error = fromWire(JSON.parse(data), endpoint.transformer);
      throw new Error(
        isObject(error) && typeof error['message'] === 'string' ? error['message'] : 'The stream failed.',
      );
    }
    if (event === 'message' && data !== '') onValue(fromWire(JSON.parse(data), endpoint.transformer));
  }
};
