/**
 * Harmless rewrites of real functions: nothing may be reported that was not reported before.
 */
import { childrenOf, NodeKind, type NodeId } from '../../server/src/syntax/ir.ts';
import { replaceNode, textOf, unusedName } from '../../server/src/rules/fixes/editCall.ts';
import type { CallFact } from '../../server/src/analysis/facts.ts';
import type { FunctionContext, TextEdit } from '../../server/src/rules/rule.ts';
import { mutantOf, type Mutator } from './mutant.ts';
import { statementOf, statementText } from './statements.ts';

function lockCalls(context: FunctionContext): { call: CallFact; statement: NodeId }[] {
  return context.facts.calls.flatMap((call) => {
    const isDirect =
      call.locks.length === 1 && call.locks[0]?.isThroughWrapper === false && call.callee.kind === 'ddi';
    const statement = isDirect ? statementOf(context, call.node) : undefined;
    return statement === undefined ? [] : [{ call, statement }];
  });
}

/** The local that keeps the old IRQL under another name. */
const renamedLocal: Mutator = (context) => {
  const { unit } = context.facts;
  const saved = context.facts.calls
    .map((call) => /^l:(\w+)$/.exec(call.locks[0]?.savedIn ?? '')?.[1])
    .find(Boolean);
  if (saved === undefined) return [];
  const { start, end } = unit.head.bodyRange;
  const name = unusedName(context, 'irqlLensRenamed');
  const edits: TextEdit[] = [
    ...unit.file.text.slice(start, end).matchAll(new RegExp(`\\b${saved}\\b`, 'g')),
  ].map((match) => ({
    file: unit.file.path,
    range: { start: start + match.index, end: start + match.index + saved.length },
    newText: name,
  }));
  return [mutantOf(context, 'renamed-local', edits)];
};

const doWhileZero: Mutator = (context) =>
  lockCalls(context)
    .slice(0, 1)
    .map(({ statement }) =>
      mutantOf(context, 'do-while-zero', [
        replaceNode(context, statement, `do { ${statementText(context, statement)} } while (0);`),
      ]),
    );

/** Definitions go in front of the function, so that includes and earlier macros are there. */
function inFront(context: FunctionContext, text: string): TextEdit {
  const { unit } = context.facts;
  const at = unit.file.text.lastIndexOf('\n', unit.head.start - 1) + 1;
  return { file: unit.file.path, range: { start: at, end: at }, newText: text };
}

const wrapperMacro: Mutator = (context) =>
  lockCalls(context)
    .slice(0, 1)
    .map(({ call }) => {
      const args = call.args.map((arg) => textOf(context, arg.node));
      const names = args.map((_, i) => `a${String(i)}`);
      return mutantOf(context, 'wrapper-macro', [
        inFront(
          context,
          `#define IRQL_LENS_WRAPPED(${names.join(', ')}) ${call.name}(${names.join(', ')})\n`,
        ),
        replaceNode(context, call.node, `IRQL_LENS_WRAPPED(${args.join(', ')})`),
      ]);
    });

/** A plain spin lock call moved into a helper of its own. */
const extractedHelper: Mutator = (context) =>
  lockCalls(context)
    .filter(({ call }) => /^Ke(Acquire|Release)SpinLock$/.test(call.name))
    .slice(0, 1)
    .map(({ call }) => {
      const isAcquire = call.name === 'KeAcquireSpinLock';
      const helper = `static VOID IrqlLensHelper(PKSPIN_LOCK Lock, ${isAcquire ? 'PKIRQL' : 'KIRQL'} Irql)\n{\n    ${call.name}(Lock, Irql);\n}\n`;
      const args = call.args.map((arg) => textOf(context, arg.node)).join(', ');
      return mutantOf(context, 'extracted-helper', [
        inFront(context, helper),
        replaceNode(context, call.node, `IrqlLensHelper(${args})`),
      ]);
    });

/** Two neighbouring assignments without calls that share no name. */
const reordered: Mutator = (context) => {
  const ir = context.facts.unit.ir();
  for (let block = 0; block < ir.nodeCount; block++) {
    if (ir.kind[block] !== NodeKind.Block) continue;
    const statements = childrenOf(ir, block);
    for (const [i, first] of statements.entries()) {
      const second = statements[i + 1];
      if (second === undefined || !areIndependent(context, first, second)) continue;
      return [
        mutantOf(context, 'reordered', [
          replaceNode(context, first, textOf(context, second)),
          replaceNode(context, second, textOf(context, first)),
        ]),
      ];
    }
  }
  return [];
};

function areIndependent(context: FunctionContext, first: NodeId, second: NodeId): boolean {
  const ir = context.facts.unit.ir();
  if (ir.kind[first] !== NodeKind.ExprStmt || ir.kind[second] !== NodeKind.ExprStmt) return false;
  const [a, b] = [textOf(context, first), textOf(context, second)];
  if (![a, b].every((text) => /^[\w>.\s-]+=[\w>.\s-]+;?$/.test(text))) return false;
  const names = new Set(a.match(/[A-Za-z_]\w*/g));
  return !(b.match(/[A-Za-z_]\w*/g) ?? []).some((name) => names.has(name));
}

/** All kinds of rewrites. */
export const REWRITES: readonly Mutator[] = [
  renamedLocal,
  doWhileZero,
  wrapperMacro,
  extractedHelper,
  reordered,
];
