/**
 * KeStallExecutionProcessor for longer than a DPC or an ISR may take in all (the thresholds of the settings, by default 100 and
 * 25 us), by constant arguments and counted loops. Source: documentation of KeStallExecutionProcessor and of DPC and ISR guidelines.
 */
import type { CallFact } from '../analysis/facts.ts';
import { DEVICE_MIN, DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import { findAbove } from './reporting/evidence.ts';
import { report, say, traceOf } from './reporting/report.ts';
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { parentOf, textOf } from './fixes/editCall.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'long-stall',
  title: 'A DPC or ISR stalls the processor for too long',
  severity: 'information',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION',
  family: 'underLock',
};

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
    const { dpcMicroseconds, isrMicroseconds } = context.limits;
    return context.facts.calls.flatMap((call) => {
      const once = microseconds(call);
      const rounds = once === 0 ? 0 : roundsAround(context, call.node);
      const time = once * rounds;
      if (time <= Math.min(dpcMicroseconds, isrMicroseconds)) return [];
      const isr = findAbove(context, call.before, DEVICE_MIN - 1);
      const dpc = isr ?? findAbove(context, call.before, DISPATCH_LEVEL - 1);
      const limit = isr === undefined ? dpcMicroseconds : isrMicroseconds;
      if (dpc === undefined || dpc.verdict !== 'definite' || time <= limit) return [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} keeps this CPU for ${String(time)} us at ${say(context, dpc.levels)}${loopWords(call, rounds)}. ` +
            `All of ${isr === undefined ? 'a DPC' : 'an ISR'} should take no more than ${String(limit)} us: nothing else runs on the CPU ` +
            `(bug check 0x133 when it adds up). Use a timer, or wait in a thread at PASSIVE_LEVEL.`,
          trace: traceOf(context, dpc),
        }),
      ];
    });
  },
};

function loopWords(call: CallFact, rounds: number): string {
  if (rounds > 1) return ` in ${String(rounds)} rounds`;
  return call.isInLoop ? ', in a loop' : '';
}

/** How often the loops around a node run it, where they count to a number; 1 where that is not said. */
function roundsAround(context: FunctionContext, node: NodeId): number {
  const ir = context.facts.unit.ir();
  let rounds = 1;
  for (let at = parentOf(context, node); at !== undefined; at = parentOf(context, at)) {
    if (ir.kind[at] !== NodeKind.For) continue;
    const header = textOf(context, at);
    const count = /^for\s*\(\s*(?:\w+\s+)?(\w+)\s*=\s*0\s*;\s*\1\s*<\s*(\d+)\s*;/.exec(header)?.[2];
    rounds *= count === undefined ? 1 : Math.max(1, Number(count));
  }
  return rounds;
}

function microseconds(call: CallFact): number {
  const unit = UNITS.get(call.name);
  const argument = call.args.at(-1)?.constant;
  return unit === undefined || argument === undefined ? 0 : argument * unit;
}
