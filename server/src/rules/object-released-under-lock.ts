/**
 * ObDereferenceObject while a spin lock is held: the last reference deletes the object there and then, and its delete routine (a
 * file's close request to this very driver, for one) runs under the lock. With the form that defers the deletion.
 */
import type { CallFact } from '../analysis/facts.ts';
import { argumentsOf, rewriteCall } from './fixes/editCall.ts';
import { acquiredStep, report, stepAt } from './reporting/report.ts';
import { spinLockOnEveryPath } from './reporting/spinLockHeld.ts';
import type { Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'object-released-under-lock',
  title: 'An object is dereferenced while a spin lock is held',
  severity: 'information',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; 0xA IRQL_NOT_LESS_OR_EQUAL',
  family: 'underLock',
};

/** The forms that may delete at once, and those that leave it to a worker thread. Source: ObDereferenceObjectDeferDelete (wdm.h). */
const DEFERRING: ReadonlyMap<string, string> = new Map([
  ['ObDereferenceObject', 'ObDereferenceObjectDeferDelete'],
  ['ObfDereferenceObject', 'ObDereferenceObjectDeferDelete'],
  ['ObDereferenceObjectWithTag', 'ObDereferenceObjectDeferDeleteWithTag'],
  ['ObfDereferenceObjectWithTag', 'ObDereferenceObjectDeferDeleteWithTag'],
]);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const deferring = DEFERRING.get(call.name);
      const held = deferring === undefined ? undefined : spinLockOnEveryPath(context, call.before);
      if (deferring === undefined || held === undefined) return [];
      const fix = useForm(context, call, deferring);
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'possible',
          message:
            `${call.name} may drop the last reference while ${held.lock.text} is held. The object is then deleted under the lock, at ` +
            `DISPATCH_LEVEL: its delete routine may come back for ${held.lock.text} (bug check 0x133) or need a lower level (0xA). ` +
            `Release ${held.lock.text} first, or use ${deferring}.`,
          trace: [
            acquiredStep(context, held),
            stepAt(context, call.node, `${call.name} under ${held.lock.text}`),
          ],
          fixes: fix === undefined ? [] : [fix],
        }),
      ];
    });
  },
};

function useForm(context: FunctionContext, call: CallFact, name: string): Fix | undefined {
  const edit = rewriteCall(
    context,
    call.node,
    name,
    argumentsOf(context, call.node).map((_, i) => i),
  );
  return edit === undefined ? undefined : { title: `Use ${name}`, edits: [edit], isPreferred: false };
}
