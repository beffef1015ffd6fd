/**
 * A KLOCK_QUEUE_HANDLE in memory that other CPUs use at the same time: a global, or a field of the object that the lock
 * itself lies in. A waiter writes its handle before it owns the lock, so the lock does not guard it.
 * A saved KIRQL in shared memory is written after the acquire and is left alone.
 */
import type { CallFact } from '../analysis/facts.ts';
import { report } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'queue-handle-shared',
  title: 'A lock queue handle lies in shared memory',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; 0x139 KERNEL_SECURITY_CHECK_FAILURE',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const event = call.locks[0];
      const handle = call.args[event?.effect?.handleArg ?? -1];
      if (event === undefined || handle === undefined || !isQueuedAcquire(call)) return [];
      const path = handle.isAddressOf ? handle.path.replace(/^&/, '') : '';
      const where = sharedPlace(path, event.lock.path);
      if (where === '') return [];
      const name = handle.text.replace(/^&/, '');
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `The queue handle ${name} is ${where}. A CPU that waits for ${event.lock.text} links its handle into the queue before it ` +
            `owns the lock, so a second CPU overwrites the first one's: the queue breaks and both spin for ever (bug check 0x133). ` +
            `Use a local KLOCK_QUEUE_HANDLE.`,
        }),
      ];
    });
  },
};

function isQueuedAcquire(call: CallFact): boolean {
  const [event] = call.locks;
  return (
    call.locks.length === 1 &&
    event?.op === 'acquire' &&
    !event.isThroughWrapper &&
    /Queued/.test(event.routine)
  );
}

function sharedPlace(handle: string, lock: string): string {
  if (handle.includes('[') || handle === '') return '';
  if (/^g:/.test(handle) && !handle.includes('*')) return 'a global';
  const owner = /^(.*\*)\.\w+$/.exec(handle)?.[1];
  return owner !== undefined && new RegExp(`^${escape(owner)}\\.\\w+$`).test(lock)
    ? 'in the same object as the lock'
    : '';
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
