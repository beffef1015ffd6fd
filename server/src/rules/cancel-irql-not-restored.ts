/**
 * A cancel routine that gives back the cancel spin lock with another level than the one it was called with,
 * Irp->CancelIrql. With the fix.
 */
import type { CallFact } from '../analysis/facts.ts';
import { argumentsOf, replaceNode, textOf } from './fixes/editCall.ts';
import { isWrittenHere, report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'cancel-irql-not-restored',
  title: 'A cancel routine does not restore Irp->CancelIrql',
  code: 'C28144',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0x4A',
  family: 'other',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const irp = cancelledIrp(context);
    if (irp === undefined) return [];
    const hasOwnAcquire = context.facts.calls.some((call) => call.name === 'IoAcquireCancelSpinLock');
    if (!hasOwnAcquire && !context.facts.calls.some(({ name }) => name === 'IoReleaseCancelSpinLock'))
      return findKept(context, irp);
    return context.facts.calls.flatMap((call) => {
      const level = call.args[0];
      if (call.name !== 'IoReleaseCancelSpinLock' || hasOwnAcquire || level === undefined) return [];
      if (isCancelIrql(context, textOfArgument(context, call.node))) return [];
      if (level.constant === 2 && isGivenBackLater(context, call)) return [];
      const [node = -1] = argumentsOf(context, call.node);
      const fixes = isWrittenHere(context, call.node)
        ? [
            {
              title: `Use ${irp}->CancelIrql`,
              edits: [replaceNode(context, node, `${irp}->CancelIrql`)],
              isPreferred: true,
            },
          ]
        : [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `A cancel routine is entered with the cancel spin lock held, and the level to go back to is in ${irp}->CancelIrql. ` +
            `Another level leaves this CPU too high or drops it too low (bug check 0xA or 0x4A). Use ${irp}->CancelIrql.`,
          fixes,
        }),
      ];
    });
  },
};

/** Ways out on which nothing has given the lock back for certain. */
function findKept(context: FunctionContext, irp: string): Finding[] {
  return context.facts.exits.flatMap((exit) => {
    const isKept =
      exit.states.length > 0 &&
      exit.states.every(
        ({ held, isImprecise, assumptions }) =>
          !isImprecise &&
          assumptions.length === 0 &&
          held.some(({ kind, isFromEntry }) => kind === 'cancelSpinlock' && isFromEntry),
      );
    if (!isKept) return [];
    return [
      report(context, meta, {
        node: exit.node,
        verdict: 'definite',
        message:
          `A cancel routine is entered with the cancel spin lock held, and returns here without having released it. Every driver then ` +
          `waits for it for ever (bug check 0x133). Call IoReleaseCancelSpinLock(${irp}->CancelIrql) first.`,
      }),
    ];
  });
}

/** The name of the IRP parameter when the function is a cancel routine. */
function cancelledIrp(context: FunctionContext): string | undefined {
  const { unit } = context.facts;
  const isCancel = context.program.rolesOf(unit.id).some((role) => role.fact.type === 'DRIVER_CANCEL');
  const parameter = unit.head.params[1];
  if (!isCancel || parameter === undefined) return undefined;
  return context.program.atoms.text(parameter.name);
}

/** The level is kept for now, and another release or lower further down gives Irp->CancelIrql back. */
function isGivenBackLater(context: FunctionContext, release: CallFact): boolean {
  return context.facts.calls.some(({ node, name, args, callee }) => {
    const effect = callee.kind === 'ddi' ? callee.effect : undefined;
    const argument = effect?.exit.kind === 'arg' ? args[effect.exit.arg] : undefined;
    const isLater = node > release.node && name !== release.name;
    return isLater && argument !== undefined && isCancelIrql(context, textOf(context, argument.node));
  });
}

/** The field itself, or a local that it was copied to while the request was still the routine's own. */
function isCancelIrql(context: FunctionContext, argument: string): boolean {
  if (/CancelIrql/.test(argument)) return true;
  if (!/^\w+$/.test(argument)) return false;
  const { file, head } = context.facts.unit;
  const body = file.text.slice(head.bodyRange.start, head.bodyRange.end);
  return new RegExp(`\\b${argument}\\s*=\\s*[^=;]*CancelIrql`).test(body);
}

function textOfArgument(context: FunctionContext, call: number): string {
  const ir = context.facts.unit.ir();
  const [node = -1] = argumentsOf(context, call);
  return context.facts.unit.file.text.slice(ir.start[node], ir.end[node]);
}
