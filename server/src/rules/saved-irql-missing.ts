/**
 * A function that promises by annotation to save the IRQL (_IRQL_saves_) or to restore it (_IRQL_restores_) and has a path on
 * which it does not: it returns at the level of its entry without having touched the IRQL.
 */
import { contractOf } from '../analysis/entry/contractOf.ts';
import type { ExitFact, PathState } from '../analysis/facts.ts';
import { atMost, type Irql } from '../protocol/irqlLevels.ts';
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { textOf } from './fixes/editCall.ts';
import { mayComeBefore } from './reporting/dominance.ts';
import { isFeasible } from './reporting/evidence.ts';
import { nameOf, nodesOfKind } from './reporting/nodes.ts';
import { outcomeOf } from './reporting/exitOutcome.ts';
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
      if (body.kind === 'saves') {
        const { text } = body.target;
        return raised === undefined ? checkSaves(context, text) : check(context, text, raised);
      }
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
  // On no path at all: the work is done by something that cannot be seen, unless nothing even mentions the saved level.
  const isDoneSomewhere = context.facts.exits.some((exit) =>
    exit.states.some((state) => state.irqlSetBy >= 0),
  );
  const isForgotten = raised === undefined && !isMentioned(context, target);
  return isDoneSomewhere || isForgotten
    ? wrong.map((exit) => describe(context, exit, target, raised !== undefined))
    : [];
}

function isMentioned(context: FunctionContext, target: string): boolean {
  const name = target.replace(/\W/g, '');
  return nodesOfKind(context, NodeKind.Name).some((node) => nameOf(context, node) === name);
}

/** A promised save without a raise: ways out before which nothing can have put a level where it is promised. */
function checkSaves(context: FunctionContext, target: string): Finding[] {
  const { exits } = context.facts;
  const wrong =
    target === 'return'
      ? exits.filter(({ node }) => returnsConstant(context, node))
      : exits.filter(
          (exit) =>
            outcomeOf(context, exit) !== 'failure' &&
            !savingNodes(context, target).some((node) => mayComeBefore(context, node, exit.node)),
        );
  return wrong.map((exit) => describeSave(context, exit, target));
}

function returnsConstant(context: FunctionContext, exit: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const value = ir.kind[exit] === NodeKind.Return ? (ir.first[exit] ?? -1) : -1;
  return value >= 0 && isConstant(context, value);
}

function isConstant(context: FunctionContext, node: NodeId): boolean {
  return /^(\d\w*|(PASSIVE|APC|DISPATCH|HIGH)_LEVEL)$/.test(textOf(context, node));
}

/** Assignments of more than a constant, and calls that get the pointer. */
function savingNodes(context: FunctionContext, target: string): NodeId[] {
  const ir = context.facts.unit.ir();
  const name = target.replace(/\W/g, '');
  const mentions = (node: NodeId): boolean => new RegExp(`\\b${name}\\b`).test(textOf(context, node));
  const writes = nodesOfKind(context, NodeKind.Assign).filter((node) => {
    const left = ir.first[node] ?? -1;
    return mentions(left) && !isConstant(context, ir.next[left] ?? -1);
  });
  return [...writes, ...nodesOfKind(context, NodeKind.Call).filter(mentions)];
}

function describeSave(context: FunctionContext, exit: ExitFact, target: string): Finding {
  const where = target === 'return' ? 'in its result' : `in ${target}`;
  return report(context, meta, {
    node: exit.node,
    verdict: 'definite',
    code: 'C28158',
    message:
      `${context.facts.unit.name} promises to save the IRQL ${where} (_IRQL_saves_), but leaves here without. The caller restores a ` +
      `level that nobody saved (bug check 0xA). Save it on this path too, or make the promise conditional (_When_).`,
  });
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
