/**
 * Says that a DPC or an ISR takes long by estimate, against the thresholds of the settings. An estimate from the source: it is
 * shown on hover and never reported.
 */
import type { FunctionUnit } from '../analysis/program.ts';
import { listProfiles } from '../engine/engine.ts';
import { DEVICE_MIN, DISPATCH_LEVEL, minOf } from '../protocol/irqlLevels.ts';
import type { Settings } from '../protocol/settings.ts';
import { estimateCycles } from '../analysis/estimateCycles.ts';
import type { Snapshot } from './snapshot.ts';

/** One sentence, or undefined where it is no DPC and no ISR, or takes no longer than it may. */
export function longRunWords(
  { program, analysis }: Snapshot,
  unit: FunctionUnit,
  settings: Settings,
): string | undefined {
  const entry = analysis.entryOf(unit.id);
  const [role] = program.rolesOf(unit.id);
  if (role === undefined || !entry.isKnown || minOf(entry.levels) < DISPATCH_LEVEL) return undefined;
  const isIsr = minOf(entry.levels) >= DEVICE_MIN;
  const limit = settings[isIsr ? 'thresholds.isrMicroseconds' : 'thresholds.dpcMicroseconds'];
  const clock = listProfiles().find(({ id }) => id === settings.profile)?.clockGHz ?? 3;
  const facts = analysis.factsOf(unit.id);
  const microseconds = estimateCycles(analysis, facts, () => true) / (clock * 1000);
  if (microseconds <= limit) return undefined;
  const what = isIsr ? 'an ISR' : 'a DPC';
  return `By estimate it takes about ${String(Math.round(microseconds))} µs, longer than the ${String(limit)} µs that ${what} should take.`;
}
