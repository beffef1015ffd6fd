// Prints the cost of reading a folder of drivers: `node scripts/benchParse.mjs FOLDER`.
import { fileURLToPath } from 'node:url';
import { runTs } from './runTs.mjs';

process.exit(await runTs(fileURLToPath(new URL('benchParse.ts', import.meta.url)), process.argv.slice(2)));
