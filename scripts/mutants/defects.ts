/**
 * Single defects, seeded into real functions: each is a mistake that people make.
 */
import type { CallFact } from '../../server/src/analysis/facts.ts';
import { APC_LEVEL, atMost, intersect } from '../../server/src/protocol/irqlLevels.ts';
import { toDpcVariant } from '../../server/src/rules/fixes/convertPair.ts';
import { replaceNode, rewriteCall, textOf } from '../../server/src/rules/fixes/editCall.ts';
import { findPair } from '../../server/src/rules/fixes/lockPairs.ts';
import { isFeasible, levelsOfStates } from '../../server/src/rules/reporting/evidence.ts';
import {
  isOneObject,
  isOwnedKind,
  isRecursiveKind,
  isSpinKind,
} from '../../server/src/rules/reporting/lockKinds.ts';
import type { FunctionContext, TextEdit } from '../../server/src/rules/rule.ts';
import { mutantOf, type Mutant, type Mutator } from './mutant.ts';
import {
  acquiresOf,
  dropStatement,
  failingReturn,
  insertBehind,
  statementOf,
  statementText,
} from './statements.ts';

/** Paired acquires of owned locks that name one object. */
function pairsOf(context: FunctionContext) {
  return acquiresOf(context).flatMap(({ call, statement }) => {
    const event = call.locks[0];
    const pair = findPair(context, call);
    if (
      pair === undefined ||
      event === undefined ||
      !isOwnedKind(event.kind) ||
      !isOneObject(event.lock.path)
    )
      return [];
    return [{ pair, call, statement, event }];
  });
}

const releaseDropped: Mutator = (context) =>
  pairsOf(context).flatMap(({ pair }) =>
    pair.releases.flatMap((release) => {
      const statement = statementOf(context, release.node);
      return statement === undefined
        ? []
        : [mutantOf(context, 'release-dropped', [dropStatement(context, statement)])];
    }),
  );

const earlyReturn: Mutator = (context) =>
  pairsOf(context).map(({ statement }) =>
    mutantOf(context, 'early-return', [
      insertBehind(context, statement, `if (IrqlLensMutant) { ${failingReturn(context)} }`),
    ]),
  );

const acquireDoubled: Mutator = (context) =>
  pairsOf(context).flatMap(({ statement, event }) =>
    isRecursiveKind(event.kind) || event.mode === 'shared'
      ? []
      : [
          mutantOf(context, 'acquire-doubled', [
            insertBehind(context, statement, statementText(context, statement)),
          ]),
        ],
  );

/** The release form for DISPATCH_LEVEL in the place of the one that restores the level. */
const wrongVariant: Mutator = (context) =>
  pairsOf(context).flatMap(({ pair, event }) => {
    const cheap = event.effect?.dpcRelease;
    const releases = cheap === undefined ? [] : pair.releases;
    if (event.effect?.exit.kind !== 'level' || levelsOfStates(pair.acquire.before, context.entry) === 4)
      return [];
    return releases.flatMap((release) => {
      const kept = release.locks[0]?.effect;
      const arg = kept?.lockArg ?? kept?.handleArg;
      const edit =
        arg === undefined || cheap === undefined
          ? undefined
          : rewriteCall(context, release.node, cheap, [arg]);
      return edit === undefined ? [] : [mutantOf(context, 'wrong-variant', [edit])];
    });
  });

/** Where the level is known to be below DISPATCH_LEVEL, the pair in its AtDpcLevel form. */
const atDpcAtPassive: Mutator = (context) =>
  pairsOf(context).flatMap(({ call }) => {
    const low = call.before.some(
      (state) =>
        state.isEntryIrql &&
        context.entry.isKnown &&
        atMost(intersect(state.entry, context.entry.levels), APC_LEVEL) !== 0,
    );
    const fix = low ? toDpcVariant(context, call) : undefined;
    return fix === undefined ? [] : [mutantOf(context, 'atdpc-at-passive', fix.edits)];
  });

const waitUnderLock: Mutator = (context) =>
  pairsOf(context).flatMap(({ statement, event }) =>
    isSpinKind(event.kind)
      ? [
          mutantOf(context, 'passive-call-under-lock', [
            insertBehind(context, statement, 'KeDelayExecutionThread(KernelMode, FALSE, NULL);'),
          ]),
        ]
      : [],
  );

const INTERRUPT_ROLES: ReadonlySet<string> = new Set([
  'KDEFERRED_ROUTINE',
  'IO_DPC_ROUTINE',
  'EVT_WDF_DPC',
  'EVT_WDF_INTERRUPT_DPC',
  'KSERVICE_ROUTINE',
  'EVT_WDF_INTERRUPT_ISR',
  'MINIPORT_ISR',
]);

function isInterruptSide(context: FunctionContext): boolean {
  const isThere = context.entry.isKnown && atMost(context.entry.levels, APC_LEVEL) === 0;
  return (
    isThere &&
    context.program.rolesOf(context.facts.unit.id).some((role) => INTERRUPT_ROLES.has(role.fact.type))
  );
}

const passiveCallInDpc: Mutator = (context) => {
  const [first] = context.facts.calls;
  const statement =
    first === undefined || !isInterruptSide(context) ? undefined : statementOf(context, first.node);
  if (statement === undefined) return [];
  return [
    mutantOf(context, 'passive-call-in-dpc-or-isr', [insertBehind(context, statement, 'ZwClose(NULL);')]),
  ];
};

const lowerDropped: Mutator = (context) =>
  context.facts.calls.flatMap((call) => {
    const isLower =
      call.callee.kind === 'ddi' && call.callee.effect?.op === 'lower' && call.locks.length === 0;
    const statement = isLower ? statementOf(context, call.node) : undefined;
    return statement === undefined
      ? []
      : [mutantOf(context, 'lower-dropped', [dropStatement(context, statement)])];
  });

/** Locks held at the acquire that this function took itself, rooted where another function can name them too. */
function outerOf(context: FunctionContext, call: CallFact) {
  const state = call.before.find((candidate) => isFeasible(candidate, context.entry));
  return state?.held.find(
    (held) => !held.isFromEntry && isSpinKind(held.kind) && /^(p\d|g:)/.test(held.lock.path),
  );
}

/** A second function with the same parameters that takes the two locks the other way round. */
const orderReversed: Mutator = (context) =>
  pairsOf(context).flatMap(({ call, event }) => {
    const outer = outerOf(context, call);
    const { unit } = context.facts;
    const isPlain =
      event.kind === 'spinlock' && outer?.kind === 'spinlock' && /^(p\d|g:)/.test(event.lock.path);
    if (outer === undefined || !isPlain || outer.lock.lockClass === '' || event.lock.lockClass === '')
      return [];
    const head = unit.file.text.slice(unit.head.nameRange.end, unit.head.bodyRange.start);
    const body = `{ KIRQL mutant; KeAcquireSpinLock(&(${event.lock.text}), &mutant); KeAcquireSpinLockAtDpcLevel(&(${outer.lock.text})); KeReleaseSpinLockFromDpcLevel(&(${outer.lock.text})); KeReleaseSpinLock(&(${event.lock.text}), mutant); }`;
    const at = unit.head.bodyRange.end;
    const edit: TextEdit = {
      file: unit.file.path,
      range: { start: at, end: at },
      newText: `\nVOID IrqlLensMutant${head}${body}\n`,
    };
    return [mutantOf(context, 'order-reversed', [edit])];
  });

/** Two nested locks whose saved levels are exchanged in the releases. */
const wrongSavedIrql: Mutator = (context) =>
  pairsOf(context).flatMap(({ pair, call }) => {
    const outer = outerOf(context, call);
    const outerCall = context.facts.calls.find(({ node }) => node === outer?.node);
    const outerPair = outerCall === undefined ? undefined : findPair(context, outerCall);
    const inner = pair.releases.length === 1 ? irqlArgument(pair.releases[0]) : undefined;
    const other = outerPair?.releases.length === 1 ? irqlArgument(outerPair.releases[0]) : undefined;
    if (inner === undefined || other === undefined) return [];
    const edits = [
      replaceNode(context, inner, textOf(context, other)),
      replaceNode(context, other, textOf(context, inner)),
    ];
    return textOf(context, inner) === textOf(context, other)
      ? []
      : [mutantOf(context, 'wrong-saved-irql', edits)];
  });

function irqlArgument(release: CallFact | undefined): number | undefined {
  const index = release?.locks[0]?.effect?.irqlInArg;
  return index === undefined ? undefined : release?.args[index]?.node;
}

/** A lock of the type that the ISR has at hand, taken there as in a DPC. */
const spinLockInIsr: Mutator = (context) => {
  const { unit } = context.facts;
  const isIsr = context.program.rolesOf(unit.id).some((role) => /ISR|KSERVICE_ROUTINE/.test(role.fact.type));
  const [first] = context.facts.calls;
  const statement = first === undefined || !isIsr ? undefined : statementOf(context, first.node);
  if (statement === undefined) return [];
  const mutants: Mutant[] = [];
  for (const [lockClass, uses] of context.analysis.lockUses()) {
    const [struct, field] = lockClass.split('.');
    const plain = uses.find(
      (use) =>
        use.kind === 'spinlock' &&
        context.program.functions[use.function]?.file.project === unit.file.project,
    );
    const variable = plain === undefined || struct === undefined ? undefined : localOfStruct(context, struct);
    if (variable === undefined || field === undefined) continue;
    const lock = `&${variable}->${field}`;
    const text = `KeAcquireSpinLockAtDpcLevel(${lock}); KeReleaseSpinLockFromDpcLevel(${lock});`;
    mutants.push(mutantOf(context, 'spin-lock-in-isr', [insertBehind(context, statement, text)]));
  }
  return mutants.slice(0, 1);
};

function localOfStruct(context: FunctionContext, struct: string): string | undefined {
  const { unit } = context.facts;
  const ir = unit.ir();
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== 15) continue;
    const type = context.program.atoms.text(ir.aux[node] ?? 0);
    if (context.program.types.structOf(unit.file.project, type) === struct)
      return context.program.atoms.text(ir.atom[node] ?? 0);
  }
  return undefined;
}

/** All kinds of defects. */
export const DEFECTS: readonly Mutator[] = [
  releaseDropped,
  earlyReturn,
  acquireDoubled,
  wrongVariant,
  atDpcAtPassive,
  waitUnderLock,
  passiveCallInDpc,
  lowerDropped,
  orderReversed,
  wrongSavedIrql,
  spinLockInIsr,
];
