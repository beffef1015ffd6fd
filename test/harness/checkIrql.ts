/**
 * Compares what the inference says in front of statements with the carets of a fixture:
 * `// ^^^ irql: DISPATCH_LEVEL; locks: ext->Lock`. `irql: entry` is "the level at entry, which nothing bounds", a trailing
 * `?` on the level says that it is only a bound, on a lock that only some paths hold it; `locks: none` holds nothing.
 */
import { expect } from 'vitest';
import { irqlAt, isIrqlUnknownAt, statesAt } from '../../server/src/analysis/irql/irqlAt.ts';
import type { PathState, StatementFact } from '../../server/src/analysis/facts.ts';
import { describeSet } from '../../server/src/protocol/irqlLevels.ts';
import { analyzeFiles } from './analyzeFiles.ts';
import type { AnalyzedFiles } from './analyzeFiles.ts';
import { parseFixture } from './fixture.ts';
import type { FixtureCaret } from './fixture.ts';

/** Checks every caret of the fixture. */
export function checkIrql(text: string): AnalyzedFiles {
  const fixture = parseFixture(text);
  const analyzed = analyzeFiles(fixture.files);
  expect(fixture.carets.length).toBeGreaterThan(0);
  const actual = fixture.carets.map(
    (caret) => `${placeOf(fixture.files, caret)} ${describeCaret(analyzed, caret)}`,
  );
  const wanted = fixture.carets.map((caret) => `${placeOf(fixture.files, caret)} ${caret.message}`);
  expect(actual).toEqual(wanted);
  return analyzed;
}

function placeOf(files: ReadonlyMap<string, string>, caret: FixtureCaret): string {
  const text = files.get(caret.path) ?? '';
  return `${caret.line + 1}: ${text.slice(caret.start, caret.end)} |`;
}

function describeCaret({ program, analysis }: AnalyzedFiles, caret: FixtureCaret): string {
  const unit = program.functions.find(
    ({ file, head }) => file.path === caret.path && head.start <= caret.start && caret.start < head.end,
  );
  if (unit === undefined) return 'no function';
  const facts = analysis.factsOf(unit.id);
  const ir = unit.ir();
  const statement = facts.statements
    .filter(({ node }) => (ir.start[node] ?? 0) <= caret.start && caret.start < (ir.end[node] ?? 0))
    .sort((a, b) => sizeOf(ir, a) - sizeOf(ir, b))[0];
  const wanted = caret.message.split(';').map((part) => part.trim().split(':')[0] ?? '');
  const parts = wanted.map((key) => {
    if (statement === undefined || statement.states.length === 0) return `${key}: unreachable`;
    const entry = analysis.entryOf(unit.id);
    if (key === 'irql')
      return `irql: ${irqlText(program.settings.arch, statement.states, entry.isKnown ? entry.levels : undefined)}`;
    if (key === 'locks') return `locks: ${locksText(statesAt(statement.states, entry.levels))}`;
    return `${key}: no such key`;
  });
  return parts.join('; ');
}

function sizeOf(
  ir: { readonly start: Int32Array; readonly end: Int32Array },
  { node }: StatementFact,
): number {
  return (ir.end[node] ?? 0) - (ir.start[node] ?? 0);
}

function irqlText(
  arch: 'x64' | 'arm64' | 'x86',
  states: readonly PathState[],
  levels: number | undefined,
): string {
  const mark = isIrqlUnknownAt(states) ? '?' : '';
  if (levels !== undefined) return describeSet(irqlAt(states, levels), arch) + mark;
  const all = states.reduce((set, { entry }) => set | entry, 0) >>> 0;
  const full = arch === 'x86' ? 0xffffffff : 0xffff;
  if (states.every(({ isEntryIrql }) => isEntryIrql)) return all === full ? 'entry' : describeSet(all, arch);
  const absolute = states.filter(({ isEntryIrql }) => !isEntryIrql);
  const set = absolute.reduce((union, { irql }) => union | irql, 0) >>> 0;
  return (absolute.length < states.length ? 'entry or ' : '') + describeSet(set, arch) + mark;
}

function locksText(states: readonly PathState[]): string {
  const names = new Set(states.flatMap(({ held }) => held.map(({ lock }) => lock.text)));
  if (names.size === 0) return 'none';
  return [...names]
    .map((name) => {
      const isAlways = states.every(({ held }) => held.some(({ lock }) => lock.text === name));
      return isAlways ? name : `${name}?`;
    })
    .join(', ');
}
