/**
 * Defects between two locks, two saved levels or two contexts: the order reversed, the wrong saved IRQL given back, a lock of
 * DISPATCH_LEVEL taken in an ISR.
 */
import type { CallFact, PathState, Value } from '../../server/src/analysis/facts.ts';
import { replaceNode, textOf } from '../../server/src/rules/fixes/editCall.ts';
import { findPair } from '../../server/src/rules/fixes/lockPairs.ts';
import { isFeasible } from '../../server/src/rules/reporting/evidence.ts';
import { isOneObject, isOwnedKind, isRecursiveKind } from '../../server/src/rules/reporting/lockKinds.ts';
import type { FunctionContext, TextEdit } from '../../server/src/rules/rule.ts';
import { NodeKind, type NodeId } from '../../server/src/syntax/ir.ts';
import { applyEdits, mutantOf, type Mutator } from './mutant.ts';
import { acquiresOf, insertBehind, statementOf, statementText } from './statements.ts';

/** Whether two functions could mean the same lock by it: not rooted in a local of its own, and of a known class. */
function isShared(path: string, lockClass: string): boolean {
  return isOneObject(path) && lockClass !== '' && !path.startsWith('l:');
}

/**
 * A second function, the same but for the acquires of two nested locks, which have changed places: two threads that run the
 * one and the other can wait for each other for ever.
 */
export const orderReversed: Mutator = (context) =>
  acquiresOf(context).flatMap(({ call, statement }) => {
    const event = call.locks[0];
    const state = call.before.find((candidate) => isFeasible(candidate, context.entry));
    if (event === undefined || state === undefined || !isShared(event.lock.path, event.lock.lockClass))
      return [];
    const outer = state.held.find(
      (held) =>
        !held.isFromEntry &&
        isOwnedKind(held.kind) &&
        !isRecursiveKind(held.kind) &&
        isShared(held.lock.path, held.lock.lockClass) &&
        held.lock.lockClass !== event.lock.lockClass,
    );
    if (outer === undefined || isRecursiveKind(event.kind) || !isOwnedKind(event.kind)) return [];
    const outerStatement = statementOf(context, outer.node);
    if (outerStatement === undefined || outerStatement === statement) return [];
    return [mutantOf(context, 'order-reversed', [copyWithExchange(context, outerStatement, statement)])];
  });

function copyWithExchange(context: FunctionContext, first: NodeId, second: NodeId): TextEdit {
  const { file, head } = context.facts.unit;
  const start = head.nameRange.start;
  const { end } = head.bodyRange;
  const ir = context.facts.unit.ir();
  const exchange = (from: NodeId, to: NodeId): TextEdit => ({
    file: file.path,
    range: { start: (ir.start[from] ?? 0) - start, end: (ir.end[from] ?? 0) - start },
    newText: statementText(context, to),
  });
  const rename: TextEdit = {
    file: file.path,
    range: { start: 0, end: head.nameRange.end - start },
    newText: 'IrqlLensMutant',
  };
  const copy = applyEdits(file.text.slice(start, end), [
    rename,
    exchange(first, second),
    exchange(second, first),
  ]);
  return { file: file.path, range: { start: end, end }, newText: `\nVOID ${copy}\n` };
}

function irqlArgument(release: CallFact): NodeId | undefined {
  const index = release.locks[0]?.effect?.irqlInArg;
  return index === undefined ? undefined : release.args[index]?.node;
}

/**
 * The release gives back another KIRQL: one of the function that holds another level there, or one that nobody has filled
 * (the variables of two sections confused).
 */
export const wrongSavedIrql: Mutator = (context) => {
  const { unit } = context.facts;
  const saves = savedLocals(context);
  return acquiresOf(context).flatMap(({ call }) => {
    const releases = findPair(context, call)?.releases ?? [];
    return releases.flatMap((release) => {
      const argument = irqlArgument(release);
      const right = argument === undefined ? '' : textOf(context, argument);
      if (argument === undefined || !saves.includes(right)) return [];
      const known = saves.find((name) => name !== right && isOtherLevel(release.before, right, name));
      const at = unit.head.bodyRange.start + 1;
      const fresh = {
        file: unit.file.path,
        range: { start: at, end: at },
        newText: ' KIRQL irqlLensOther;',
      };
      const edits = [
        ...(known === undefined ? [fresh] : []),
        replaceNode(context, argument, known ?? 'irqlLensOther'),
      ];
      return [mutantOf(context, 'wrong-saved-irql', edits)];
    });
  });
};

function savedLocals(context: FunctionContext): string[] {
  const ir = context.facts.unit.ir();
  const { atoms } = context.program;
  const names: string[] = [];
  for (let node = 0; node < ir.nodeCount; node++) {
    const isSave = ir.kind[node] === NodeKind.Decl && atoms.text(ir.aux[node] ?? 0) === 'KIRQL';
    if (isSave) names.push(atoms.text(ir.atom[node] ?? 0));
  }
  return names;
}

/** Whether the two variables differ on every path to the release, as far as the states tell. */
function isOtherLevel(states: readonly PathState[], right: string, wrong: string): boolean {
  return states.every((state) => {
    const a = state.values.get(`l:${right}`);
    const b = state.values.get(`l:${wrong}`);
    return a !== undefined && !isSameLevel(a, b);
  });
}

function isSameLevel(a: Value, b: Value | undefined): boolean {
  if (a.kind !== 'irql' || b?.kind !== 'irql') return false;
  return a.isEntryIrql === b.isEntryIrql && (a.isEntryIrql || a.levels === b.levels);
}

/** How a DPC takes and gives back a lock of each kind, `%` standing for the field. */
const AT_DISPATCH: Readonly<Record<string, string>> = {
  spinlock: 'KeAcquireSpinLockAtDpcLevel(&%); KeReleaseSpinLockFromDpcLevel(&%);',
  ndisSpinlock: 'NdisDprAcquireSpinLock(&%); NdisDprReleaseSpinLock(&%);',
  wdfSpinlock: 'WdfSpinLockAcquire(%); WdfSpinLockRelease(%);',
};

/** A lock of the driver that the ISR has at hand through one of its locals, taken there as in a DPC. */
export const spinLockInIsr: Mutator = (context) => {
  const { unit } = context.facts;
  const isIsr = context.program
    .rolesOf(unit.id)
    .some((role) => /INTERRUPT_ISR|MINIPORT_ISR|KSERVICE_ROUTINE|HW_INTERRUPT/.test(role.fact.type));
  if (!isIsr) return [];
  for (const [lockClass, uses] of context.analysis.lockUses()) {
    const [struct, field] = lockClass.split('.');
    const use = uses.find(
      ({ kind, function: id }) =>
        AT_DISPATCH[kind] !== undefined &&
        id !== unit.id &&
        context.program.functions[id]?.file.project === unit.file.project,
    );
    if (use === undefined || struct === undefined || field === undefined) continue;
    const found = localOfStruct(context, struct);
    if (found === undefined) continue;
    const text = (AT_DISPATCH[use.kind] ?? '').replaceAll('%', `${found.name}->${field}`);
    return [mutantOf(context, 'spin-lock-in-isr', [insertBehind(context, found.statement, text)])];
  }
  return [];
};

/** A local that points to the struct, with the statement that sets it. */
function localOfStruct(
  context: FunctionContext,
  struct: string,
): { readonly name: string; readonly statement: NodeId } | undefined {
  const { unit } = context.facts;
  const { atoms, types } = context.program;
  const ir = unit.ir();
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Decl) continue;
    if (types.structOf(unit.file.project, atoms.text(ir.aux[node] ?? 0)) !== struct) continue;
    const name = atoms.text(ir.atom[node] ?? 0);
    if ((ir.first[node] ?? -1) >= 0) return { name, statement: node };
    for (let at = node + 1; at < ir.nodeCount; at++) {
      const assign = ir.kind[at] === NodeKind.ExprStmt ? (ir.first[at] ?? -1) : -1;
      const isSet = ir.kind[assign] === NodeKind.Assign && ir.atom[ir.first[assign] ?? -1] === ir.atom[node];
      if (isSet) return { name, statement: at };
    }
  }
  return undefined;
}
