import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page and the BFF have one origin, as behind a reverse proxy: no CORS is needed.
const proxy = { '/trpc': process.env['BFF_URL'] ?? 'http://127.0.0.1:3000' };

export default defineConfig({
  plugins: [react()],
  server: { host: '127.0.0.1', proxy },
  preview: { host: '127.0.0.1', proxy },
});
