/**
 * Tells V8 that this process works through much code for a few seconds and then ends. By default V8 optimizes early, with much
 * inlining: a check of a large workspace spends a third of its processor time on compiling functions that run hot for one
 * driver only. The flags are those of the V8 in Node 20 to 24; on a newer one everything stays as it is, because an unknown flag is
 * complained about.
 */
import { setFlagsFromString } from 'node:v8';

/** Major version of Node. */
const NEWEST_KNOWN = 24;

const FLAGS = [
  // Bytes of bytecode that run before a function is considered again for optimization.
  '--interrupt-budget=500000',
  '--max-inlined-bytecode-size-cumulative=300',
  // Compiles to machine code without optimizing, which is cheap.
  '--sparkplug',
  // Megabytes; threads that are started later take it.
  '--max-semi-space-size=32',
];

/** Sets the flags for all threads of this process. */
export function tuneForBatch(): void {
  if (Number.parseInt(process.versions.node, 10) > NEWEST_KNOWN) return;
  for (const flag of FLAGS) setFlagsFromString(flag);
}
