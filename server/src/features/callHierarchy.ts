/**
 * Call hierarchy with IRQLs: who calls a function and at which level, and whom it calls.
 */
import type { FileUnit, FunctionId, FunctionUnit } from '../analysis/program.ts';
import { describeSet } from '../protocol/irqlLevels.ts';
import { isFeasible, levelsOfStates } from '../rules/reporting/evidence.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { functionAt, isUnknownState, nodeRange, type Snapshot } from './snapshot.ts';
import { nameAt } from './tokenAt.ts';

/** A function in the tree. */
export interface HierarchyItem {
  readonly function: FunctionId;
  readonly name: string;
  /** the levels at which it is entered, in words */
  readonly detail: string;
  readonly file: string;
  readonly range: TextRange;
  readonly nameRange: TextRange;
}

/** A caller or callee with the places of the calls. */
export interface HierarchyCall {
  readonly item: HierarchyItem;
  /** in the caller's file */
  readonly ranges: readonly TextRange[];
}

function itemOf({ program, analysis }: Snapshot, unit: FunctionUnit, detail?: string): HierarchyItem {
  const entry = analysis.entryOf(unit.id);
  const entered = entry.isKnown
    ? `entered at ${describeSet(entry.levels, program.settings.arch)}`
    : 'entry level not known';
  return {
    function: unit.id,
    name: unit.qualifiedName,
    detail: detail ?? entered,
    file: unit.file.path,
    range: { start: unit.head.start, end: unit.head.end },
    nameRange: unit.head.nameRange,
  };
}

/** The function under the cursor: by its head, by a call of it, or by its name. */
export function prepareHierarchy(snapshot: Snapshot, file: FileUnit, offset: number): HierarchyItem[] {
  const { program, analysis } = snapshot;
  const around = functionAt(snapshot, file, offset);
  const name = nameAt(file, program.atoms, offset)?.text;
  if (around !== undefined && offset >= around.head.bodyRange.start) {
    const ir = around.ir();
    const call = analysis.factsOf(around.id).calls.find((one) => {
      const { start, end } = nodeRange(ir, one.node);
      return one.name === name && offset >= start && offset <= end;
    });
    const ids = call?.callee.kind === 'functions' ? call.callee.ids : [];
    const units = ids.map((id) => program.functions[id]).filter((unit) => unit !== undefined);
    if (units.length > 0) return units.map((unit) => itemOf(snapshot, unit));
  }
  if (around !== undefined) return [itemOf(snapshot, around)];
  const named = program.functions.filter((unit) => unit.name === name && unit.file.project === file.project);
  return named.map((unit) => itemOf(snapshot, unit));
}

/** Callers with the level at the call. */
export function incomingCalls(snapshot: Snapshot, id: FunctionId): HierarchyCall[] {
  const sites = new Map<FunctionId, number[]>();
  for (const { caller, node } of snapshot.analysis.callersOf(id))
    sites.set(caller, [...(sites.get(caller) ?? []), node]);
  return [...sites].flatMap(([caller, nodes]) => {
    const unit = snapshot.program.functions[caller];
    if (unit === undefined) return [];
    const item = itemOf(snapshot, unit, `calls at ${levelsAt(snapshot, caller, nodes)}`);
    return [{ item, ranges: nodes.map((node) => nodeRange(unit.ir(), node)) }];
  });
}

/** Callees of the workspace with the level at the call. */
export function outgoingCalls(snapshot: Snapshot, id: FunctionId): HierarchyCall[] {
  const unit = snapshot.program.functions[id];
  if (unit === undefined) return [];
  const sites = new Map<FunctionId, number[]>();
  for (const call of snapshot.analysis.factsOf(id).calls) {
    if (call.callee.kind !== 'functions') continue;
    for (const callee of call.callee.ids) sites.set(callee, [...(sites.get(callee) ?? []), call.node]);
  }
  return [...sites].flatMap(([callee, nodes]) => {
    const target = snapshot.program.functions[callee];
    if (target === undefined) return [];
    const item = itemOf(snapshot, target, `called at ${levelsAt(snapshot, id, nodes)}`);
    return [{ item, ranges: nodes.map((node) => nodeRange(unit.ir(), node)) }];
  });
}

function levelsAt({ program, analysis }: Snapshot, caller: FunctionId, nodes: readonly number[]): string {
  const entry = analysis.entryOf(caller);
  const states = analysis
    .factsOf(caller)
    .calls.filter((call) => nodes.includes(call.node))
    .flatMap((call) => call.before)
    .filter((state) => isFeasible(state, entry));
  if (states.length === 0) return 'an unreachable place';
  if (states.some((state) => isUnknownState(state, entry))) return 'a level that is not known';
  return describeSet(levelsOfStates(states, entry), program.settings.arch);
}
