/**
 * Floating point state that is saved and not restored in the function at all, or restored at another IRQL than it was saved at.
 * A single path that forgets the restore is not seen: the state is no lock, and the inference does not follow it.
 */
import type { CallFact } from '../analysis/facts.ts';
import { intersect } from '../protocol/irqlLevels.ts';
import { levelsOfStates } from './reporting/evidence.ts';
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

const SAVES = /^KeSave(FloatingPoint|ExtendedProcessor)State$/;

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => (SAVES.test(call.name) ? checkSave(context, call) : []));
  },
};

function checkSave(context: FunctionContext, save: CallFact): Finding[] {
  const name = save.name.replace('Save', 'Restore');
  const restores = context.facts.calls.filter((call) => call.name === name);
  const area = save.args.at(-1);
  const isOwn = area?.isAddressOf === true && /^&?l:\w+$/.test(area.path);
  if (restores.length === 0)
    return isOwn && !isHandedOn(context, save) ? [notRestored(context, save, name)] : [];
  const then = levelsOfStates(save.before, context.entry);
  return restores.flatMap((call) => {
    const now = levelsOfStates(call.before, context.entry);
    const isUnknown = [...save.before, ...call.before].some((state) => state.isIrqlUnknown === true);
    if (now === 0 || then === 0 || isUnknown || intersect(now, then) !== 0) return [];
    return [
      report(context, meta, {
        node: call.node,
        verdict: 'definite',
        code: 'C28111',
        message:
          `The floating point state was saved at ${say(context, then)} and is restored at ${say(context, now)}. Both must be at one ` +
          `level, or the registers of another thread are overwritten. Restore at the level of the save.`,
        trace: [stepAt(context, save.node, `${save.name} saves the state`, then)],
      }),
    ];
  });
}

/** Another call gets the save area: it may restore. */
function isHandedOn(context: FunctionContext, save: CallFact): boolean {
  const path = save.args.at(-1)?.path;
  return context.facts.calls.some(
    (call) => call !== save && call.args.some((argument) => argument.path === path),
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
