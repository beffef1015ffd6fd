/**
 * The IRQL Explorer's data: entry points by role, locks with their users, and the order in which locks are taken. A tree of
 * plain rows with places as offsets; an order that is taken both ways is marked.
 */
import type { LockUse } from '../analysis/facts.ts';
import type { FunctionUnit } from '../analysis/program.ts';
import { describeSet } from '../protocol/irqlLevels.ts';
import type { LevelClass } from '../protocol/requests.ts';
import { fileNameOf } from '../base/paths.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { classOf } from './levelWords.ts';
import { linesOf, nodeRange, type Snapshot } from './snapshot.ts';

/** A row with its place in offsets. */
export interface ExplorerRow {
  readonly kind: 'group' | 'role' | 'function' | 'lock' | 'use' | 'order';
  readonly label: string;
  readonly description: string;
  readonly tooltip?: string;
  readonly level?: LevelClass;
  readonly place?: { readonly file: string; readonly range: TextRange };
  readonly children: readonly ExplorerRow[];
}

/** The three groups. */
export function explorer(snapshot: Snapshot): ExplorerRow[] {
  const uses = [...snapshot.analysis.lockUses()].filter(([lockClass]) => lockClass !== '');
  return [
    group('Entry points', entryPoints(snapshot)),
    group('Locks', uses.map(([lockClass, rows]) => lockRow(snapshot, lockClass, rows)).sort(byLabel)),
    group('Lock order', lockOrder(snapshot, uses)),
  ];
}

function group(label: string, children: readonly ExplorerRow[]): ExplorerRow {
  return { kind: 'group', label, description: String(children.length), children };
}

function byLabel(a: ExplorerRow, b: ExplorerRow): number {
  return a.label < b.label ? -1 : a.label > b.label ? 1 : 0;
}

function entryPoints(snapshot: Snapshot): ExplorerRow[] {
  const byRole = new Map<string, ExplorerRow[]>();
  for (const unit of snapshot.program.functions) {
    const [role] = snapshot.program.rolesOf(unit.id);
    if (role === undefined || role.fact.isUserMode) continue;
    const rows = byRole.get(role.fact.type) ?? [];
    byRole.set(role.fact.type, rows);
    rows.push(functionRow(snapshot, unit, role.via));
  }
  return [...byRole]
    .map(([role, rows]): ExplorerRow => ({
      kind: 'role',
      label: role,
      description: String(rows.length),
      children: rows.sort(byLabel),
    }))
    .sort(byLabel);
}

function functionRow({ program, analysis }: Snapshot, unit: FunctionUnit, via: string): ExplorerRow {
  const entry = analysis.entryOf(unit.id);
  const levels = entry.isKnown ? describeSet(entry.levels, program.settings.arch) : 'level not known';
  return {
    kind: 'function',
    label: unit.qualifiedName,
    description: `${levels}  ${fileNameOf(unit.file.path)}`,
    tooltip: `${unit.qualifiedName}: ${levels}${via === '' ? '' : `, by ${via}`}`,
    level: entry.isKnown ? classOf(entry.levels).level : 'unknown',
    place: { file: unit.file.path, range: unit.head.nameRange },
    children: [],
  };
}

function lockRow(snapshot: Snapshot, lockClass: string, uses: readonly LockUse[]): ExplorerRow {
  const children = uses.flatMap((use) => useRow(snapshot, use, ''));
  const { owner, field } = partsOf(lockClass);
  const facts = [owner, uses[0]?.kind ?? '', uses.length === 1 ? '1 use' : `${String(uses.length)} uses`];
  return {
    kind: 'lock',
    label: field,
    description: facts.filter((fact) => fact !== '').join(', '),
    tooltip: lockClass,
    children,
  };
}

/** `DEVICE_EXTENSION.QueueLock`: the field first, since the view is narrow. */
function partsOf(lockClass: string): { readonly owner: string; readonly field: string } {
  const dot = lockClass.lastIndexOf('.');
  const plain = lockClass.replace(/^h:/, '');
  return dot <= 0 || plain !== lockClass
    ? { owner: '', field: plain }
    : { owner: lockClass.slice(0, dot), field: lockClass.slice(dot + 1) };
}

function useRow(snapshot: Snapshot, use: LockUse, suffix: string): ExplorerRow[] {
  const unit = snapshot.program.functions[use.function];
  if (unit === undefined) return [];
  const range = nodeRange(unit.ir(), use.node);
  const entry = snapshot.analysis.entryOf(use.function);
  const isKnown = !use.isEntryIrql || entry.isKnown;
  const levels = use.isEntryIrql ? (use.irql & entry.levels) >>> 0 : use.irql;
  const words =
    isKnown && levels !== 0 ? describeSet(levels, snapshot.program.settings.arch) : 'level not known';
  const line = linesOf(unit.file).positionAt(range.start).line + 1;
  return [
    {
      kind: 'use',
      label: `${unit.qualifiedName}${suffix}`,
      description: `${use.routine} at ${words}  ${fileNameOf(unit.file.path)}:${String(line)}`,
      level: isKnown ? classOf(levels).level : 'unknown',
      place: { file: unit.file.path, range },
      children: [],
    },
  ];
}

/** One row per "A, then B", with the places; both ways is said. */
function lockOrder(
  snapshot: Snapshot,
  uses: readonly (readonly [string, readonly LockUse[]])[],
): ExplorerRow[] {
  const edges = new Map<string, { first: string; second: string; uses: LockUse[] }>();
  for (const [second, rows] of uses) {
    for (const use of rows) {
      for (const { lockClass: first } of use.heldBefore) {
        if (first === '' || first === second) continue;
        const key = `${first}\n${second}`;
        const edge = edges.get(key) ?? { first, second, uses: [] };
        edges.set(key, edge);
        edge.uses.push(use);
      }
    }
  }
  return [...edges.values()]
    .map(({ first, second, uses: places }): ExplorerRow => {
      const isInverted = edges.has(`${second}\n${first}`);
      return {
        kind: 'order',
        label: `${partsOf(first).field} → ${partsOf(second).field}`,
        description: isInverted ? 'also taken the other way round' : '',
        tooltip: `${first} → ${second}`,
        children: places.flatMap((use) => useRow(snapshot, use, '')),
      };
    })
    .sort(byLabel);
}
