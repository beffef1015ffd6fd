/**
 * A call at a level above what the routine allows. The burden of proof is the tool's: it reports on evidence of the high
 * level (a raise, a held lock, a role that is really there, a caller that is there), never because a range reaches up.
 * PAGED_CODE has a rule of its own.
 */
import type { CallFact, Requirement } from '../analysis/facts.ts';
import { DISPATCH_LEVEL, maxOf } from '../protocol/irqlLevels.ts';
import { findAbove, type Evidence } from './reporting/evidence.ts';
import { isSpinKind } from './reporting/lockKinds.ts';
import { upTo } from './reporting/levelWords.ts';
import { report, say, stepAt, traceOf } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'irql-too-high',
  title: 'A routine is called at a higher IRQL than it allows',
  code: 'C28121',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0xD1; Driver Verifier 0xC4',
  family: 'level',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const wrong = context.facts.calls.flatMap((call) => {
      const needed = call.requirement;
      if (needed === undefined || !needed.isCertain) return [];
      if (needed.source === 'inferred' && needed.isByArgument !== true) return [];
      if (call.name === 'PAGED_CODE' || isOutOfOrder(call)) return [];
      const evidence = findAbove(context, call.before, needed.max);
      return evidence === undefined ? [] : [{ call, needed, evidence }];
    });
    const begun = new Set(wrong.flatMap(({ call }) => sectionsOf(call, 'begin')));
    return wrong
      .filter(({ call }) => !sectionsOf(call, 'end').some((section) => begun.has(section)))
      .map((one) => describe(context, one));
  },
};

/** A call that is made too high, with the proof. */
interface WrongCall {
  readonly call: CallFact;
  readonly needed: Requirement;
  readonly evidence: Evidence;
}

/** Locks and regions that the call begins or ends: the end of what was begun too high is no second mistake. */
function sectionsOf({ callee, locks }: CallFact, which: 'begin' | 'end'): string[] {
  const effect = callee.kind === 'ddi' ? callee.effect : undefined;
  const ops = which === 'begin' ? ['acquire', 'tryAcquire', 'enter'] : ['release', 'leave'];
  const region = effect !== undefined && ops.includes(effect.op) ? [`region ${effect.lockKind ?? ''}`] : [];
  return [...locks.flatMap(({ op, lock }) => (ops.includes(op) ? [lock.path] : [])), ...region];
}

/** One StorPort lock under another has a rule of its own. */
function isOutOfOrder({ callee, before }: CallFact): boolean {
  if (callee.kind !== 'ddi' || callee.effect?.lockOrder === undefined) return false;
  const { lockKind } = callee.effect;
  return before.some(({ held }) => held.some(({ kind }) => kind === lockKind));
}

function describe(context: FunctionContext, { call, needed, evidence }: WrongCall): Finding {
  const { arch } = context.program.settings;
  const here = say(context, evidence.levels);
  const condition = needed.because === '' ? '' : ` (${needed.because})`;
  const withArguments = needed.isByArgument === true ? ' with these arguments' : '';
  const harm = harmOf(call, needed, evidence);
  return report(context, meta, {
    node: call.node,
    verdict: evidence.verdict,
    message:
      `${call.name} may be called at ${upTo(needed.max, arch)}${condition}${withArguments}, but runs at ${here} here. ` +
      `${harm.words} ${remedy(context, call, needed, evidence)}`,
    bugCheck: harm.bugCheck,
    trace: [
      ...traceOf(context, evidence),
      stepAt(
        context,
        call.node,
        `${call.name} at ${here}, allowed at ${upTo(needed.max, arch)}`,
        evidence.levels,
      ),
      ...needed.witness,
    ],
  });
}

/** What becomes of it, in words and as bug check. */
function harmOf(call: CallFact, needed: Requirement, { levels }: Evidence) {
  const effect = call.callee.kind === 'ddi' ? call.callee.effect : undefined;
  if (maxOf(levels) < DISPATCH_LEVEL)
    return {
      words: 'Kernel APCs cannot arrive at APC_LEVEL: where it waits for one, this thread hangs.',
      bugCheck: 'deadlock; Driver Verifier 0xC4, 0xC9/0x301',
    };
  const isSleepingLock = call.locks.some(({ op, kind }) => op === 'acquire' && !isSpinKind(kind));
  if (effect?.blocks === true || isSleepingLock)
    return {
      words: 'Waiting at DISPATCH_LEVEL or above is bug check 0xB8.',
      bugCheck: '0xB8 ATTEMPTED_SWITCH_FROM_DPC; 0xA IRQL_NOT_LESS_OR_EQUAL; Driver Verifier 0xC4/0x3B',
    };
  if (needed.max >= DISPATCH_LEVEL)
    return {
      words: 'What it interrupted may hold what the call needs: this CPU hangs, or bug check 0xA.',
      bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x32',
    };
  return {
    words: 'A page fault or a wait inside it is bug check 0xA or 0xD1.',
    bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0xD1; Driver Verifier 0xC4',
  };
}

function remedy(context: FunctionContext, call: CallFact, needed: Requirement, evidence: Evidence): string {
  const { unit } = context.facts;
  const outer = evidence.state.held.find((held) => held.node === evidence.state.irqlSetBy);
  if (!evidence.isEntryLevel && outer !== undefined)
    return `Call it before ${outer.via} or after the release of ${outer.lock.text}.`;
  if (!evidence.isEntryLevel) return 'Lower the IRQL first, or move the call.';
  switch (context.entry.source) {
    case 'annotation':
      return `Move the call, or correct the annotation of ${unit.name}.`;
    case 'callers':
      return `Move the call, or call ${unit.name} at a lower level.`;
    default:
      return needed.max >= DISPATCH_LEVEL
        ? `Queue a DPC and call ${call.name} there.`
        : `Queue a work item and call ${call.name} there.`;
  }
}
