/**
 * Compares locks that annotations name with locks that are held, by the last name in the expression ("Ext->Lock" and
 * "p->Lock" are both "Lock"): an annotation cannot be followed through aliases, so a like-named lock counts as the same one.
 */
import type { BodyFacts, PathState } from '../../analysis/facts.ts';
import type { FunctionId, FunctionUnit, Program } from '../../analysis/program.ts';
import type { NodeId } from '../../syntax/ir.ts';
import { contractOf } from '../../analysis/entry/contractOf.ts';
import type { FunctionContext, ProgramContext } from '../rule.ts';

/** The last identifier of a lock expression. */
export function lastName(expression: string): string {
  return expression.match(/[A-Za-z_]\w*/g)?.at(-1) ?? '';
}

/** Whether some held lock may be the named one: same last name, or a lock whose name is not known. */
export function mayHold(state: PathState, name: string): boolean {
  return state.held.some(
    ({ lock }) =>
      lastName(lock.text) === name || lastName(lock.lockClass) === name || lock.path.startsWith('?'),
  );
}

/** How many callers up a lock is looked for. */
const MAX_DEPTH = 4;

/** Code that initialises or frees has the object to itself. */
export function setsUp(context: FunctionContext): boolean {
  return context.facts.calls.some(({ name }) =>
    /Initialize(\w*Lock|\w*Mutex|ResourceLite)|SpinLockCreate|WaitLockCreate|AllocatePool|FreePool|^ExDelete/.test(
      name,
    ),
  );
}

/** Whether the function's own annotations say something about a lock of that name, or leave locks out of account. */
function speaksOf(program: Program, unit: FunctionUnit, name: string): boolean {
  const clauses = contractOf(program, unit)?.contract.clauses ?? [];
  return clauses.some(
    ({ body }) => body.kind === 'ignoresLocks' || ('lock' in body && lastName(body.lock.text) === name),
  );
}

/** Whether nobody here calls the function, directly or through a pointer, and its head does not ask for the lock. */
export function isUncalledAndSilent({ program, analysis, facts }: FunctionContext, name: string): boolean {
  const { unit } = facts;
  const isCalled = analysis.callersOf(unit.id).length > 0 || program.hasUnknownCallers(unit.id);
  return !isCalled && !speaksOf(program, unit, name);
}

/**
 * Whether nobody enters the function with that lock held: the system calls it, or it takes the lock itself, or no caller holds
 * it; and its own annotations do not speak of it.
 */
export function isEnteredWithout(context: FunctionContext, name: string): boolean {
  return isFreeAtEntry(context, context.facts.unit.id, name, MAX_DEPTH);
}

function isFreeAtEntry(
  { program, analysis }: ProgramContext,
  id: FunctionId,
  name: string,
  depth: number,
): boolean {
  const unit = program.functions[id];
  const entry = analysis.entryOf(id);
  if (unit === undefined || entry.held.some(({ lock }) => lastName(lock.text) === name)) return false;
  if (speaksOf(program, unit, name)) return false;
  if (entry.source === 'role' || entry.source === 'registration') return true;
  const isTaken = firstOp(analysis.factsOf(id), name) === 'acquire';
  if (isTaken) return true;
  const callers = program.hasUnknownCallers(id) || depth === 0 ? [] : analysis.callersOf(id);
  return (
    callers.length > 0 &&
    callers.every(
      ({ caller, node }) =>
        caller !== id &&
        isFreeAtEntry({ program, analysis }, caller, name, depth - 1) &&
        isFreeAtCall(analysis.factsOf(caller), node, name),
    )
  );
}

/** What the function does to a lock of that name first: whoever releases it before taking it was entered with it. */
function firstOp({ calls, unit }: BodyFacts, name: string): string | undefined {
  const ir = unit.ir();
  const at = (node: NodeId): number => ir.start[node] ?? 0;
  return calls
    .toSorted((a, b) => at(a.node) - at(b.node))
    .flatMap(({ locks }) => locks)
    .find(({ op, lock }) => op !== 'initialize' && lastName(lock.text) === name)?.op;
}

function isFreeAtCall(facts: BodyFacts, node: NodeId, name: string): boolean {
  const call = facts.calls.find((one) => one.node === node);
  return call?.before.every((state) => !state.isImprecise && !mayHold(state, name)) === true;
}
