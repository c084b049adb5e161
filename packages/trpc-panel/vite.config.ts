import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'page',
  // The panel is served wherever it is mounted.
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    // Neither scripts nor styles in the document: it runs under `default-src 'self'`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // A test counts what is sent, compressed.
    chunkSizeWarningLimit: 1_000,
    license: { fileName: 'third-party-licenses.md' },
  },
});
