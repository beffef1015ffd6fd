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
  const passive = assignedValue(ir, config, 'PassiveHandling', atoms);
  const creator = creatorOf(ir, config, atoms);
  if (passive !== undefined) states.push(isTrue(passive) ? 'passiveInterrupt' : 'dirqlInterrupt');
  else if (creator !== undefined && creator.name === 'WdfInterruptCreate') states.push('dirqlInterrupt');
  if (creator === undefined) return states;
  states.push(CREATED_HERE);
  for (const name of creator.others) {
    const level = assignedValue(ir, name, 'ExecutionLevel', atoms);
    if (level === 'WdfExecutionLevelPassive') states.push('executionLevelPassive');
    if (level === 'WdfExecutionLevelDispatch') states.push('executionLevelDispatch');
    const scope = assignedValue(ir, name, 'SynchronizationScope', atoms);
    if (scope === 'WdfSynchronizationScopeDevice' || scope === 'WdfSynchronizationScopeQueue')
      states.push('syncScopeDeviceOrQueue');
    if (scope === 'WdfSynchronizationScopeNone') states.push('syncScopeNone');
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

/** The spelling of the last plain value assigned to `variable.field`. */
export function assignedValue(
  ir: BodyIr,
  variable: Atom,
  field: string,
  atoms: AtomTable,
): string | undefined {
  const wanted = atoms.find(field);
  if (wanted < 0) return undefined;
  let value: string | undefined;
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Assign) continue;
    const target = ir.first[node] ?? -1;
    if (ir.kind[target] !== NodeKind.Member || ir.atom[target] !== wanted) continue;
    if (variableOf(ir, ir.first[target] ?? -1) === variable)
      value = atoms.text(ir.atom[childAt(ir, node, 1)] ?? 0);
  }
  return value;
}

/** The call `WdfXxxCreate(... &config, &attributes ...)` and its other variables. */
function creatorOf(ir: BodyIr, config: Atom, atoms: AtomTable): { name: string; others: Atom[] } | undefined {
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Call) continue;
    const name = calleeAtom(ir, node);
    if (name < 0 || !/^(?:Wdf|Acx|Ufx|Ude)\w*(?:Create|Initialize)\w*$/.test(atoms.text(name))) continue;
    const variables: Atom[] = [];
    const first = ir.next[ir.first[node] ?? -1] ?? -1;
    for (let arg = first; arg >= 0; arg = ir.next[arg] ?? -1) variables.push(variableOf(ir, arg));
    if (variables.includes(config))
      return { name: atoms.text(name), others: variables.filter((v) => v !== 0 && v !== config) };
  }
  return undefined;
}
