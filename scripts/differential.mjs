// Compares the front end with keyword counts and web-tree-sitter: `node scripts/differential.mjs FOLDER [--keywords-only]`.
import { fileURLToPath } from 'node:url';
import { runTs } from './runTs.mjs';

process.exit(await runTs(fileURLToPath(new URL('differential.ts', import.meta.url)), process.argv.slice(2)));
