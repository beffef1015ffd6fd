/**
 * A release or lower that gives back a local which nothing in the function ever sets: the variables of two sections were
 * confused. A local that is set on some paths only is the compiler's business.
 */
import type { CallFact } from '../analysis/facts.ts';
import { NodeFlag, NodeKind, type NodeId } from '../syntax/ir.ts';
import { report, stepAt } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'saved-irql-unset',
  title: 'The old IRQL given back was never saved',
  code: 'C6001',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; Driver Verifier 0xC4/0x1000 or 0xC9',
  family: 'level',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const argument = givenBack(call);
      if (argument === undefined || call.before.length === 0 || !isNeverSet(context, argument)) return [];
      return [describe(context, call, argument)];
    });
  },
};

/** The argument that holds the old IRQL, of a release or lower. */
function givenBack({ callee, args }: CallFact): NodeId | undefined {
  const effect = callee.kind === 'ddi' ? callee.effect : undefined;
  if (effect?.op !== 'release' && effect?.op !== 'lower') return undefined;
  const index = effect.irqlInArg ?? (effect.exit.kind === 'arg' ? effect.exit.arg : undefined);
  return index === undefined ? undefined : args[index]?.node;
}

/** A local without an initializer that is mentioned only where an old IRQL is given back. */
function isNeverSet(context: FunctionContext, argument: NodeId): boolean {
  const ir = context.facts.unit.ir();
  if (ir.kind[argument] !== NodeKind.Name) return false;
  const name = ir.atom[argument] ?? 0;
  const declaration = ir.kind.findIndex((kind, node) => kind === NodeKind.Decl && ir.atom[node] === name);
  const isPlain =
    declaration >= 0 &&
    (ir.first[declaration] ?? -1) < 0 &&
    ((ir.flags[declaration] ?? 0) & (NodeFlag.Static | NodeFlag.Pointer | NodeFlag.Array)) === 0;
  if (!isPlain) return false;
  const gifts = new Set(context.facts.calls.map(givenBack));
  let mentions = 1;
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Name || ir.atom[node] !== name) continue;
    if (!gifts.has(node)) return false;
    mentions++;
  }
  return mentions === wordsInText(context, name);
}

/** How often the name stands in the text: a branch of the preprocessor that was left out may set it. */
function wordsInText(context: FunctionContext, name: number): number {
  const { file, head } = context.facts.unit;
  const text = file.text.slice(head.bodyRange.start, head.bodyRange.end);
  return text.match(new RegExp(`\\b${context.program.atoms.text(name)}\\b`, 'g'))?.length ?? 0;
}

function describe(context: FunctionContext, call: CallFact, argument: NodeId): Finding {
  const { unit } = context.facts;
  const text = context.program.atoms.text(unit.ir().atom[argument] ?? 0);
  const held = call.before[0]?.held.find(({ lock }) => lock.path === call.locks[0]?.lock.path);
  const saved = /^l:(\w+)$/.exec(held?.savedIn ?? '')?.[1];
  return report(context, meta, {
    node: argument,
    verdict: 'definite',
    message:
      `${call.name} sets the IRQL to ${text}, which nothing in ${unit.name} sets: the level afterwards is whatever lay on the ` +
      `stack (bug check 0xA at the latest). ` +
      (saved === undefined
        ? 'Give back the variable that the raise or acquire filled.'
        : `Give back ${saved}, which ${held?.via ?? ''} filled.`),
    trace: [stepAt(context, call.node, `${call.name} gives back ${text}`)],
  });
}
