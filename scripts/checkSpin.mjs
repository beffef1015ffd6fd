// `node scripts/checkSpin.mjs`: runs scripts/checkSpin.ts, which compares the explorer with SPIN.
import { runTs } from './runTs.mjs';

process.exitCode = await runTs('scripts/checkSpin.ts', process.argv.slice(2));
