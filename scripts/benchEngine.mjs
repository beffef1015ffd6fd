// `npm run bench -- engine`: runs scripts/benchEngine.ts.
import { runTs } from './runTs.mjs';

process.exitCode = await runTs('scripts/benchEngine.ts', process.argv.slice(2));
