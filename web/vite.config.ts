// How the app is built, tested and served while developing.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** Where a developer's server listens; the dev server passes API paths and sockets to it. */
const server = process.env['ONSTAGE_DEV_SERVER'] ?? 'http://127.0.0.1:8080';

/** The words are needed for the first picture: the page asks for them together with the program. */
const preloadWords: Plugin = {
  name: 'preload-words',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle }) =>
      Object.values(bundle ?? {})
        .filter((chunk) => chunk.type === 'chunk' && chunk.facadeModuleId?.endsWith('/i18n/words.ts') === true)
        .map((chunk) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${chunk.fileName}` }, injectTo: 'head' as const })),
  },
};

export default defineConfig({
  plugins: [react(), preloadWords],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'es2023',
    // light-dark() must reach the browser as it is: resolved early it would ignore dark islands in a light page.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/rtc', '/problems', '/healthz', '/readyz'].map((path) => [path, { target: server, ws: true }]),
    ),
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // Generous: a slow machine must not fail what is right. Nothing waits this long but for a fault.
    testTimeout: 60_000,
    setupFiles: ['src/app/test-setup.ts'],
  },
});
