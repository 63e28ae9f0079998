// Browsers on a narrow way: `scripts/shaped.sh` makes the way and starts this. Not part of the gate: it needs root and
// a kernel with network namespaces and tbf, and rates measured while a machine is busy say little.
import { defineConfig } from '@playwright/test';

import gate from './playwright.config.ts';

export default defineConfig({ ...gate, testDir: './shaped' });
