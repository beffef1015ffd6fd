/**
 * KeStallExecutionProcessor for longer than a DPC (100 us) or an ISR (25 us) may take in all, by constant arguments; in other
 * code for longer than the documented 50 us. Source: documentation of KeStallExecutionProcessor and of DPC and ISR guidelines.
 */
import type { CallFact } from '../analysis/facts.ts';
import { DEVICE_MIN, DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import { findAbove } from './reporting/evidence.ts';
import { report, say, traceOf } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'long-stall',
  title: 'A DPC or ISR stalls the processor for too long',
  severity: 'information',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION',
  family: 'underLock',
};

/** Microseconds that all work of one run may take. */
const DPC_LIMIT = 100;
const ISR_LIMIT = 25;

const UNITS: ReadonlyMap<string, number> = new Map([
  ['KeStallExecutionProcessor', 1],
  ['NdisStallExecution', 1],
  ['ScsiPortStallExecution', 1],
  ['StorPortStallExecution', 1],
  ['VideoPortStallExecution', 1],
]);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const time = microseconds(call);
      if (time <= ISR_LIMIT) return [];
      const isr = findAbove(context, call.before, DEVICE_MIN - 1);
      const dpc = isr ?? findAbove(context, call.before, DISPATCH_LEVEL - 1);
      const limit = isr === undefined ? DPC_LIMIT : ISR_LIMIT;
      if (dpc === undefined || dpc.verdict !== 'definite' || time <= limit) return [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} keeps this CPU for ${String(time)} us at ${say(context, dpc.levels)}${call.isInLoop ? ', in a loop' : ''}. ` +
            `All of ${isr === undefined ? 'a DPC' : 'an ISR'} should take no more than ${String(limit)} us: nothing else runs on the CPU ` +
            `(bug check 0x133 when it adds up). Use a timer, or wait in a thread at PASSIVE_LEVEL.`,
          trace: traceOf(context, dpc),
        }),
      ];
    });
  },
};

function microseconds(call: CallFact): number {
  const unit = UNITS.get(call.name);
  const argument = call.args.at(-1)?.constant;
  return unit === undefined || argument === undefined ? 0 : argument * unit;
}
