/**
 * Floating point state that is saved and not restored on some way out, or restored at another IRQL than it was saved at; and
 * functions that are annotated to save or to restore it and do not. The state is no lock and the inference does not follow it:
 * ways out are told by the nesting of statements, and silence is preferred.
 */
import type { CallFact, ExitFact } from '../analysis/facts.ts';
import { intersect } from '../protocol/irqlLevels.ts';
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { parentOf, textOf } from './fixes/editCall.ts';
import { isAlwaysBefore, mayComeBefore } from './reporting/dominance.ts';
import { levelsOfStates } from './reporting/evidence.ts';
import { outcomeOf } from './reporting/exitOutcome.ts';
import { nameOf } from './reporting/nodes.ts';
import { report, say, stepAt } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'float-state-not-restored',
  title: 'Saved floating point state is not restored',
  code: 'C28162',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: 'corrupted floating point registers of whatever runs next; leaked pool',
  family: 'other',
};

const SAVES = /^(?:KeSave|EngSave)(?:FloatingPoint|ExtendedProcessor)State$/;
const RESTORES = /^(?:KeRestore|EngRestore)(?:FloatingPoint|ExtendedProcessor)State$/;

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { calls, unit } = context.facts;
    const saves = calls.filter(({ name }) => SAVES.test(name));
    const promises = unit.annotations.map(({ annotation }) => annotation.name);
    const isSaver = promises.some((name) => /^(_Kernel_float_saved_|__drv_floatSaved)$/.test(name));
    if (isSaver) return checkPromise(context, saves, 'C28161');
    const isRestorer = promises.some((name) => /^(_Kernel_float_restored_|__drv_floatRestored)$/.test(name));
    if (!isRestorer) return saves.flatMap((call) => checkSave(context, call));
    const restores = calls.filter(({ name }) => RESTORES.test(name));
    return checkPromise(context, restores, 'C28162');
  },
};

/** Ways out of an annotated function on which what it promises cannot have happened. A failure promises nothing. */
function checkPromise(context: FunctionContext, doing: readonly CallFact[], code: string): Finding[] {
  const { exits, calls, unit } = context.facts;
  // A helper of the workspace may do it.
  if (calls.some(({ callee }) => callee.kind === 'functions' || callee.kind === 'unknown')) return [];
  const wrong = exits.filter(
    (exit) =>
      outcomeOf(context, exit) !== 'failure' &&
      !doing.some((call) => mayComeBefore(context, call.node, exit.node)),
  );
  const isSave = code === 'C28161';
  return wrong.map((exit) =>
    report(context, meta, {
      node: exit.node,
      verdict: 'definite',
      code,
      message: isSave
        ? `${unit.name} promises to save the floating point state (_Kernel_float_saved_), but returns here without. Its caller then ` +
          `overwrites the registers of the interrupted thread. Save the state on this path too, or make the promise conditional (_When_).`
        : `${unit.name} promises to restore the floating point state (_Kernel_float_restored_), but returns here without. The thread ` +
          `goes on with this driver's registers. Restore the state on this path too, or make the promise conditional (_When_).`,
    }),
  );
}

function checkSave(context: FunctionContext, save: CallFact): Finding[] {
  const name = save.name.replace('Save', 'Restore');
  const restores = context.facts.calls.filter((call) => call.name === name);
  const area = save.args.at(-1);
  const isOwn = area?.isAddressOf === true && /^&?l:\w+$/.test(area.path);
  if (restores.length === 0)
    return isOwn && !isHandedOn(context, save) ? [notRestored(context, save, name)] : [];
  const leaks = isOwn ? leaksOf(context, save, restores) : [];
  return [
    ...leaks.map((exit) => leaked(context, save, exit, name)),
    ...restores.flatMap((restore) => checkLevels(context, save, restore)),
  ];
}

/** Returns behind the save that no restore can precede. */
function leaksOf(context: FunctionContext, save: CallFact, restores: readonly CallFact[]): ExitFact[] {
  return context.facts.exits.filter(
    ({ node, states }) =>
      states.length > 0 &&
      isAlwaysBefore(context, save.node, node) &&
      !isWhereSaveFailed(context, save, node) &&
      !restores.some((restore) => mayComeBefore(context, restore.node, node)),
  );
}

const FAILED = /!\s*\(?\s*NT_SUCCESS|NT_ERROR|!=\s*STATUS_SUCCESS|<\s*0/;

/** Whether the way out stands in the branch that is taken when the save failed. */
function isWhereSaveFailed(context: FunctionContext, save: CallFact, exit: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const parent = parentOf(context, save.node) ?? -1;
  const isStored = ir.kind[parent] === NodeKind.Decl || ir.kind[parent] === NodeKind.Assign;
  const holder = ir.kind[parent] === NodeKind.Decl ? parent : (ir.first[parent] ?? -1);
  const result = isStored ? nameOf(context, holder) : '';
  let child = exit;
  for (let at = parentOf(context, exit); at !== undefined; at = parentOf(context, at)) {
    const condition = ir.first[at] ?? -1;
    if (ir.kind[at] === NodeKind.If && child !== condition) {
      const text = textOf(context, condition);
      const isAsked = text.includes(save.name) || (result !== '' && new RegExp(`\\b${result}\\b`).test(text));
      const isThen = ir.next[condition] === child;
      if (isAsked && FAILED.test(text) === isThen) return true;
    }
    child = at;
  }
  return false;
}

/** Another call gets the save area: it may restore. */
function isHandedOn(context: FunctionContext, save: CallFact): boolean {
  const path = save.args.at(-1)?.path;
  return context.facts.calls.some(
    (call) => call !== save && call.args.some((argument) => argument.path === path),
  );
}

function checkLevels(context: FunctionContext, save: CallFact, restore: CallFact): Finding[] {
  const then = levelsOfStates(save.before, context.entry);
  const now = levelsOfStates(restore.before, context.entry);
  const states = [...save.before, ...restore.before];
  if (now === 0 || then === 0 || states.some(({ isIrqlUnknown }) => isIrqlUnknown === true)) return [];
  if (intersect(now, then) !== 0 && !isRaisedBetween(context, save, restore)) return [];
  const before = save.before.every(({ isEntryIrql }) => isEntryIrql)
    ? 'the level at entry'
    : say(context, then);
  return [
    report(context, meta, {
      node: restore.node,
      verdict: 'definite',
      code: 'C28111',
      message:
        `The floating point state was saved at ${before} and is restored at ${say(context, now)}. Both must be at one ` +
        `level, or the registers of another thread are overwritten. Restore at the level of the save.`,
      trace: [stepAt(context, save.node, `${save.name} saves the state`, then)],
    }),
  ];
}

/** Saved at whatever level the function was entered at, restored at one that was set since. */
function isRaisedBetween(context: FunctionContext, save: CallFact, restore: CallFact): boolean {
  return (
    !context.entry.isKnown &&
    save.before.every(({ isEntryIrql, isImprecise }) => isEntryIrql && !isImprecise) &&
    restore.before.every(
      ({ isEntryIrql, isImprecise, irqlSetBy }) => !isEntryIrql && !isImprecise && irqlSetBy >= 0,
    )
  );
}

function notRestored(context: FunctionContext, save: CallFact, name: string): Finding {
  return report(context, meta, {
    node: save.node,
    verdict: 'definite',
    message:
      `${save.name} saves the floating point state into a local, and nothing here calls ${name}. The thread goes on with this ` +
      `driver's registers, and what was saved is lost. Call ${name} before each return.`,
  });
}

function leaked(context: FunctionContext, save: CallFact, exit: ExitFact, name: string): Finding {
  return report(context, meta, {
    node: exit.node,
    verdict: 'definite',
    message:
      `The floating point state that ${save.name} saved is not restored on this return. The thread goes on with this driver's ` +
      `registers, and what was saved is lost. Call ${name} before it.`,
    trace: [stepAt(context, save.node, `${save.name} saves the state`)],
  });
}
