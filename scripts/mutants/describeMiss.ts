/**
 * Why a seeded defect was not seen, as far as the facts of the changed function tell: what is known of its entry and in
 * which states it returns. For the people who mend the inference; it judges nothing.
 */
import type { PathState } from '../../server/src/analysis/facts.ts';
import { describeSet } from '../../server/src/protocol/irqlLevels.ts';
import type { FunctionContext } from '../../server/src/rules/rule.ts';

/** One line about the function's entry and each of its returns. */
export function describeMiss(context: FunctionContext): string {
  const { facts, entry, summary, program } = context;
  const ir = facts.unit.ir();
  const nameOf = (node: number): string => facts.calls.find((call) => call.node === node)?.name ?? '?';
  const describe = (state: PathState): string => {
    const held = state.held.map(({ lock, via }) => `${via} ${lock.path}`);
    const level = state.isEntryIrql ? 'entry' : describeSet(state.irql, program.settings.arch);
    const marks = [
      level,
      ...(state.isImprecise ? ['imprecise'] : []),
      ...(state.isIrqlUnknown === true ? ['bound only'] : []),
      ...held.map((text) => `holds ${text}`),
      ...state.assumptions.map((node) => `leans on ${nameOf(node)}`),
    ];
    return marks.join(', ');
  };
  const exits = facts.exits.map(({ node, states }) => {
    const line = facts.unit.file.text.slice(0, ir.start[node] ?? 0).split('\n').length;
    return `${String(line)}: ${[...new Set(states.map(describe))].slice(0, 4).join(' | ')}`;
  });
  const entered = entry.isKnown ? describeSet(entry.levels, program.settings.arch) : 'unknown';
  const marks = [
    ...(facts.isImprecise ? ['facts imprecise'] : []),
    ...(summary.isGivenUp === true ? ['given up'] : []),
  ];
  return [`entered at ${entered}`, ...marks, ...exits].join('; ');
}
