/**
 * The IRQL at the cursor for the status bar: a short text and a tooltip.
 */
import type { FileUnit } from '../analysis/program.ts';
import type { StatusAnswer } from '../protocol/requests.ts';
import { classOf, wordsOf } from './levelWords.ts';
import { heldAt, pointAt, type Snapshot } from './snapshot.ts';
import { whyShort } from './whyChain.ts';

/** The answer for an offset; undefined outside of functions. */
export function status(snapshot: Snapshot, file: FileUnit, offset: number): StatusAnswer | undefined {
  const point = pointAt(snapshot, file, offset);
  if (point === undefined) return undefined;
  const { arch } = snapshot.program.settings;
  const text = wordsOf(point, arch);
  const held = heldAt(point).map(({ lock }) => lock.lock.text);
  const why = whyShort(snapshot, point).map((step, i) => `${String(i + 1)}. ${step.message}`);
  const tooltip = [
    `${point.unit.qualifiedName}: IRQL ${text}`,
    ...(held.length === 0 ? [] : [`Held: ${held.join(', ')}`]),
    ...why,
  ].join('\n');
  return { text, level: point.isUnknown ? 'unknown' : classOf(point.levels).level, tooltip };
}
