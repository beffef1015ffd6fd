/**
 * What a body says about the framework object that it configures at a registration: execution level, passive interrupt,
 * threaded DPC. Only what stands in the same body counts; nothing said means nothing known.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import { calleeAtom, childAt, NodeKind } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';

/** State names as the facts' conditions use them, e.g. `executionLevelPassive`, `dirqlInterrupt`. */
export type SiteStates = readonly string[];

/** The call that creates the configured object stands in the same body: what it does not say, the object takes from its parent. */
export const CREATED_HERE = 'createdHere';

/** The execution level is set in some branch only: it is not inherited, and not known. */
export const LEVEL_VARIES = 'executionLevelVaries';

/** The value of a field that only some branch sets. */
export const SOMETIMES = '?';

const NOTHING: SiteStates = [];

/**
 * The states at a registration. `target` is the config struct that the callback is stored in, or 0; a callback passed to
 * `WDF_*_CONFIG_INIT(&config, ...)` belongs to the config of the call's first argument.
 */
export function siteStatesOf(
  ir: BodyIr,
  use: NodeId,
  target: Atom,
  atoms: AtomTable,
  parents: Int32Array,
): SiteStates {
  const config = target === 0 ? configOfCall(ir, use, atoms, parents) : target;
  if (config === 0) return NOTHING;
  const states: string[] = [];
  const creator = creatorOf(ir, use, config, atoms);
  if (creator === undefined) return states;
  states.push(CREATED_HERE);
  const passive = assignedValue(ir, config, 'PassiveHandling', creator.node, atoms);
  if (creator.name === 'WdfInterruptCreate' && passive !== SOMETIMES)
    states.push(passive !== undefined && isTrue(passive) ? 'passiveInterrupt' : 'dirqlInterrupt');
  for (const name of creator.others) {
    const level = assignedValue(ir, name, 'ExecutionLevel', creator.node, atoms);
    if (level === 'WdfExecutionLevelPassive') states.push('executionLevelPassive');
    if (level === 'WdfExecutionLevelDispatch') states.push('executionLevelDispatch');
    const scope = assignedValue(ir, name, 'SynchronizationScope', creator.node, atoms);
    if (scope === 'WdfSynchronizationScopeDevice' || scope === 'WdfSynchronizationScopeQueue')
      states.push('syncScopeDeviceOrQueue');
    if (scope === 'WdfSynchronizationScopeNone' || scope === SOMETIMES) states.push('syncScopeNone');
    if (level === SOMETIMES) states.push(LEVEL_VARIES);
  }
  return states;
}

function isTrue(text: string): boolean {
  return text === 'TRUE' || text === 'true' || text === '1' || text === 'WdfTrue';
}

/** The variable whose address is the first argument of the call that takes the callback. */
function configOfCall(ir: BodyIr, use: NodeId, atoms: AtomTable, parents: Int32Array): Atom {
  let call = parents[use] ?? -1;
  while (call >= 0 && ir.kind[call] !== NodeKind.Call) {
    if (ir.kind[call] !== NodeKind.Unary && ir.kind[call] !== NodeKind.Cast) return 0;
    call = parents[call] ?? -1;
  }
  if (call < 0 || !atoms.text(Math.max(calleeAtom(ir, call), 0)).includes('_CONFIG_INIT')) return 0;
  return variableOf(ir, childAt(ir, call, 1));
}

/** `x` of `x` or `&x`. */
export function variableOf(ir: BodyIr, node: NodeId): Atom {
  let at = node;
  while (at >= 0 && (ir.kind[at] === NodeKind.Unary || ir.kind[at] === NodeKind.Cast))
    at = ir.first[at] ?? -1;
  return at >= 0 && ir.kind[at] === NodeKind.Name ? (ir.atom[at] ?? 0) : 0;
}

/**
 * The spelling of the last plain value assigned to `variable.field` in front of the node `before`, undefined when there is none
 * or the variable was initialised anew since (`WDF_OBJECT_ATTRIBUTES_INIT(&variable)`).
 */
export function assignedValue(
  ir: BodyIr,
  variable: Atom,
  field: string,
  before: NodeId,
  atoms: AtomTable,
): string | undefined {
  const wanted = atoms.find(field);
  if (wanted < 0 || variable === 0) return undefined;
  const end = ir.start[before] ?? 0;
  let last = -1;
  let value: string | undefined;
  for (let node = 0; node < ir.nodeCount; node++) {
    const start = ir.start[node] ?? 0;
    if (start >= end || start <= last) continue;
    const isSet = isAssignmentTo(ir, node, variable, wanted);
    if (!isSet && !isInitialization(ir, node, variable, atoms)) continue;
    last = start;
    value = isSet ? atoms.text(ir.atom[childAt(ir, node, 1)] ?? 0) : undefined;
    if (isSet && isBranchOnly(ir, start, end)) value = SOMETIMES;
  }
  return value;
}

/** Whether the place stands in a branch that the other place is not in. */
function isBranchOnly(ir: BodyIr, at: number, other: number): boolean {
  for (let node = 0; node < ir.nodeCount; node++) {
    const kind = ir.kind[node];
    if (kind !== NodeKind.If && kind !== NodeKind.Switch && kind !== NodeKind.Choice) continue;
    const start = ir.start[node] ?? 0;
    const end = ir.end[node] ?? 0;
    if (start <= at && at < end && !(start <= other && other < end)) return true;
  }
  return false;
}

function isAssignmentTo(ir: BodyIr, node: NodeId, variable: Atom, field: Atom): boolean {
  if (ir.kind[node] !== NodeKind.Assign) return false;
  const target = ir.first[node] ?? -1;
  const isField = ir.kind[target] === NodeKind.Member && ir.atom[target] === field;
  return isField && variableOf(ir, ir.first[target] ?? -1) === variable;
}

function isInitialization(ir: BodyIr, node: NodeId, variable: Atom, atoms: AtomTable): boolean {
  if (ir.kind[node] !== NodeKind.Call) return false;
  const name = calleeAtom(ir, node);
  return name >= 0 && atoms.text(name).includes('_INIT') && variableOf(ir, childAt(ir, node, 1)) === variable;
}

/** The first call `WdfXxxCreate(... &config, &attributes ...)` behind the use, and its other variables. */
function creatorOf(ir: BodyIr, use: NodeId, config: Atom, atoms: AtomTable): Creator | undefined {
  const from = ir.start[use] ?? 0;
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Call || (ir.start[node] ?? 0) < from) continue;
    const name = calleeAtom(ir, node);
    if (name < 0 || !/^(?:Wdf|Acx|Ufx|Ude)\w*(?:Create|Initialize)\w*$/.test(atoms.text(name))) continue;
    const variables: Atom[] = [];
    const first = ir.next[ir.first[node] ?? -1] ?? -1;
    for (let arg = first; arg >= 0; arg = ir.next[arg] ?? -1) variables.push(variableOf(ir, arg));
    if (variables.includes(config))
      return { node, name: atoms.text(name), others: variables.filter((v) => v !== 0 && v !== config) };
  }
  return undefined;
}

interface Creator {
  readonly node: NodeId;
  readonly name: string;
  readonly others: readonly Atom[];
}
