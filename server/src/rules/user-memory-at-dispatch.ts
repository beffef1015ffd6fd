/**
 * Memory of a user-mode caller (Irp->UserBuffer, Type3InputBuffer) is copied or read where the level is proven to be
 * DISPATCH_LEVEL or above. ProbeForRead and ProbeForWrite themselves are irql-too-high's affair.
 */
import type { CallFact } from '../analysis/facts.ts';
import { DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import { findAbove } from './reporting/evidence.ts';
import { report, say, traceOf } from './reporting/report.ts';
import { textOf } from './fixes/editCall.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'user-memory-at-dispatch',
  title: 'User memory is touched at DISPATCH_LEVEL or above',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0xD1; 0x50 PAGE_FAULT_IN_NONPAGED_AREA',
  family: 'underLock',
};

/** Copying routines that read or write through their pointer arguments. */
const COPIES: ReadonlySet<string> = new Set([
  'RtlCopyMemory',
  'RtlMoveMemory',
  'RtlZeroMemory',
  'RtlFillMemory',
  'RtlCompareMemory',
  'memcpy',
  'memmove',
  'memset',
  'memcmp',
]);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const user = COPIES.has(call.name) ? userArgument(context, call) : undefined;
      if (user === undefined) return [];
      const evidence = findAbove(context, call.before, DISPATCH_LEVEL - 1);
      if (evidence === undefined || evidence.verdict !== 'definite' || evidence.state.isImprecise) return [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} touches the caller's own memory (${user}) at ${say(context, evidence.levels)}. The page may be out, and ` +
            `__except does not catch a page fault at that level: bug check 0xA. Copy it at PASSIVE_LEVEL in the caller's context, or ` +
            `lock the pages with an MDL.`,
          trace: traceOf(context, evidence),
        }),
      ];
    });
  },
};

/** The first pointer argument that is a user address: by its field, or because the function has probed it. */
function userArgument(context: FunctionContext, call: CallFact): string | undefined {
  const found = call.args
    .slice(0, 2)
    .find(({ path }) => /\.(UserBuffer|Type3InputBuffer)$/.test(path) || isProbed(context, path));
  return found === undefined ? undefined : textOf(context, found.node);
}

function isProbed(context: FunctionContext, path: string): boolean {
  return (
    /^(p\d|l:)/.test(path) &&
    context.facts.calls.some(
      ({ name, args }) => /^ProbeFor(Read|Write)$/.test(name) && args[0]?.path === path,
    )
  );
}
