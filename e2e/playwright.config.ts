// One worker: two cores carry four publishers and a viewer, and no more. The waits are as long as a slow machine needs:
// a test that passes never uses them up, and one that fails says so once.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './tests',
  outputDir: './out/results',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: { actionTimeout: 30_000, navigationTimeout: 30_000 },
});
