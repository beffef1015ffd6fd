/**
 * Tells zod, before any of its schemas is made, not to try whether it may compile code: the page's policy forbids it, and each try
 * would be reported as a violation. Imported first of all by `main.ts`.
 */

declare global {
  /** zod's own switchboard, read when zod is loaded. */
  var __zod_globalConfig: { jitless?: boolean } | undefined;
}

globalThis.__zod_globalConfig = { jitless: true };

export {};
