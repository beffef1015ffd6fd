// Compares what the inference says with what driver authors annotated: `npm run accuracy -- FOLDER... [--list N]`.
import { fileURLToPath } from 'node:url';
import { runTs } from './runTs.mjs';

const script = fileURLToPath(new URL('accuracy.ts', import.meta.url));
process.exit(await runTs(script, process.argv.slice(2), ['--max-old-space-size=4096']));
