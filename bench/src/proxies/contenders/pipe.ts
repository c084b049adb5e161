// As little as can be: Node's server, a pool of undici, headers and body as they come.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

const pool = new Pool(process.env['UPSTREAM'] ?? '', { connections: 64 });
const server = createServer((request, response) => {
  const { method = 'GET', url = '/', headers } = request;
  const { host: _host, connection: _connection, ...others } = headers;
  pool.stream(
    { method: method as 'GET', path: url, headers: others, body: method === 'GET' ? null : request },
    ({ statusCode, headers: answered }) => response.writeHead(statusCode, answered as Record<string, string>),
    (error) => {
      if (error) response.destroy();
    },
  );
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);
