/**
 * A function that promises by annotation to save the IRQL (_IRQL_saves_) or to restore it (_IRQL_restores_) and has a path on
 * which it does not: it returns at the level of its entry without having touched the IRQL.
 */
import { contractOf } from '../analysis/entry/contractOf.ts';
import type { ExitFact, PathState } from '../analysis/facts.ts';
import { atMost, type Irql } from '../protocol/irqlLevels.ts';
import { NodeKind } from '../syntax/ir.ts';
import { textOf } from './fixes/editCall.ts';
import { isFeasible } from './reporting/evidence.ts';
import { nodesOfKind } from './reporting/nodes.ts';
import { report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'saved-irql-missing',
  title: 'A promised save or restore of the IRQL does not happen on every path',
  code: 'C28158',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0x4A IRQL_GT_ZERO_AT_SYSTEM_SERVICE',
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    const clauses = contractOf(context.program, context.facts.unit)?.contract.clauses ?? [];
    const [raised] = clauses.flatMap(({ body }) =>
      body.kind === 'raises' && body.level.kind === 'level' ? [body.level.level] : [],
    );
    const findings = clauses.flatMap(({ body, when }) => {
      if (when.length > 0) return [];
      if (body.kind === 'saves' && raised !== undefined) return check(context, body.target.text, raised);
      const isDecided = body.kind === 'restores' && isAskedFor(context, body.target.text);
      return body.kind === 'restores' && !isDecided ? check(context, body.target.text, undefined) : [];
    });
    // A prototype and its definition promise the same twice.
    return findings.filter(
      (one, i) => findings.findIndex(({ range }) => range.start === one.range.start) === i,
    );
  },
};

/** "Raised if needed, so lower if needed": the body asks for the saved level before it restores it. */
function isAskedFor(context: FunctionContext, target: string): boolean {
  const ir = context.facts.unit.ir();
  const name = new RegExp(`\\b${target.replace(/\W/g, '')}\\b`);
  return nodesOfKind(context, NodeKind.If).some((node) => name.test(textOf(context, ir.first[node] ?? 0)));
}

/** `raised`: the level of a promised raise; a path that can only be entered there has nothing to do. */
function check(context: FunctionContext, target: string, raised: Irql | undefined): Finding[] {
  const isWrong = (state: PathState): boolean =>
    isUntouched(context, state) && (raised === undefined || atMost(state.entry, raised - 1) !== 0);
  const wrong = context.facts.exits.filter((exit) => exit.states.some(isWrong));
  // On no path at all: the work is done by something that cannot be seen.
  const isDoneSomewhere = context.facts.exits.some((exit) =>
    exit.states.some((state) => state.irqlSetBy >= 0),
  );
  return isDoneSomewhere ? wrong.map((exit) => describe(context, exit, target, raised !== undefined)) : [];
}

function isUntouched(context: FunctionContext, state: PathState): boolean {
  return (
    state.isEntryIrql &&
    state.irqlSetBy < 0 &&
    !state.isImprecise &&
    state.assumptions.length === 0 &&
    isFeasible(state, context.entry)
  );
}

function describe(context: FunctionContext, exit: ExitFact, target: string, isSave: boolean): Finding {
  const { name } = context.facts.unit;
  return report(context, meta, {
    node: exit.node,
    verdict: 'definite',
    code: isSave ? 'C28158' : 'C28157',
    message: isSave
      ? `${name} promises to raise the IRQL and to save the old one (_IRQL_saves_), but leaves here without either. The caller ` +
        `restores a level that nobody saved (bug check 0xA). Raise and save on this path too, or make the promise conditional (_When_).`
      : `${name} promises to restore the IRQL from ${target} (_IRQL_restores_), but leaves here without. The caller goes on at the ` +
        `raised level (bug check 0x4A). Restore it on this path too, or make the promise conditional (_When_).`,
  });
}
