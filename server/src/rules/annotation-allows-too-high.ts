/**
 * A function whose own annotation lets callers come at a level that a call inside does not allow: annotation and body
 * contradict each other. The other side of irql-too-high: here nobody need be at that level yet.
 */
import { contractOf } from '../analysis/entry/contractOf.ts';
import type { CallFact } from '../analysis/facts.ts';
import { atLeast, intersect, levelName } from '../protocol/irqlLevels.ts';
import { findAbove } from './reporting/evidence.ts';
import { report, say, stepAt } from './reporting/report.ts';
import { upTo } from './reporting/levelWords.ts';
import type { Finding, Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'annotation-allows-too-high',
  title: 'A function is annotated for a higher IRQL than its body allows',
  code: 'C28118',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0xD1',
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const contract = contractOf(context.program, context.facts.unit);
    if (contract?.levels === undefined || !isMaximumWritten(contract.contract.clauses)) return [];
    const allowed = contract.levels;
    return context.facts.calls.flatMap((call) => {
      const found = checkCall(context, call, allowed);
      return found === undefined ? [] : [found];
    });
  },
};

/** Only a maximum that the author wrote: an implied one is nobody's promise. */
function isMaximumWritten(clauses: readonly { readonly body: { readonly kind: string } }[]): boolean {
  return clauses.some(({ body }) => body.kind === 'requiresMax' || body.kind === 'requires');
}

function checkCall(context: FunctionContext, call: CallFact, allowed: number): Finding | undefined {
  const needed = call.requirement;
  if (needed === undefined || needed.source === 'inferred' || !needed.isCertain) return undefined;
  if (findAbove(context, call.before, needed.max) !== undefined) return undefined;
  const state = call.before.find(
    (candidate) =>
      candidate.isEntryIrql &&
      !candidate.isImprecise &&
      candidate.values.size === 0 &&
      atLeast(intersect(candidate.entry, allowed), needed.max + 1) !== 0,
  );
  if (state === undefined) return undefined;
  const { arch } = context.program.settings;
  const max = levelName(needed.max, arch);
  const high = atLeast(intersect(state.entry, allowed), needed.max + 1);
  const fix = lowerAnnotation(context, max);
  return report(context, meta, {
    node: call.node,
    verdict: 'possible',
    message:
      `${context.facts.unit.name} is annotated to be callable at ${say(context, high)}, but ${call.name} may be called at ` +
      `${upTo(needed.max, arch)}${needed.because === '' ? '' : ` (${needed.because})`}. A caller that trusts the annotation faults ` +
      `(bug check 0xA or 0xD1). Lower the annotation to ${max}, or guard the call.`,
    trace: [stepAt(context, call.node, `${call.name}: ${upTo(needed.max, arch)}`)],
    fixes: fix === undefined ? [] : [fix],
  });
}

/** Writes the lower maximum wherever the function's own maximum stands: on its definition and its declarations. */
function lowerAnnotation(context: FunctionContext, max: string): Fix | undefined {
  const own = context.facts.unit.annotations.filter(
    ({ annotation, from }) =>
      from !== 'typedef' && /^(_IRQL_requires_max_|__drv_maxIRQL)$/.test(annotation.name),
  );
  const others = context.facts.unit.annotations.some(({ annotation }) =>
    /^(_IRQL_requires_|__drv_requiresIRQL|_When_|__drv_when)$/.test(annotation.name),
  );
  if (own.length === 0 || others) return undefined;
  return {
    title: `Lower the annotation to ${max}`,
    edits: own.map(({ annotation: { name, start, end }, file }) => ({
      file: file.path,
      range: { start, end },
      newText: `${name}(${max})`,
    })),
    isPreferred: false,
  };
}
