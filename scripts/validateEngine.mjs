// `npm run validate:engine`: runs scripts/validateEngine.ts, which prints every row and fails where one is out.
import { runTs } from './runTs.mjs';

process.exitCode = await runTs('scripts/validateEngine.ts', process.argv.slice(2));
