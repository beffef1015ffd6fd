/**
 * Single defects, seeded into real functions: each is a mistake that people make.
 */
import { APC_LEVEL, atMost, intersect } from '../../server/src/protocol/irqlLevels.ts';
import { toDpcVariant } from '../../server/src/rules/fixes/convertPair.ts';
import { rewriteCall } from '../../server/src/rules/fixes/editCall.ts';
import { findPair } from '../../server/src/rules/fixes/lockPairs.ts';
import { levelsOfStates } from '../../server/src/rules/reporting/evidence.ts';
import {
  isOneObject,
  isOwnedKind,
  isRecursiveKind,
  isSpinKind,
} from '../../server/src/rules/reporting/lockKinds.ts';
import type { FunctionContext } from '../../server/src/rules/rule.ts';
import { mutantOf, type Mutator } from './mutant.ts';
import {
  acquiresOf,
  dropStatement,
  failingReturn,
  insertBehind,
  statementOf,
  statementText,
} from './statements.ts';
import { orderReversed, spinLockInIsr, wrongSavedIrql } from './twoLockDefects.ts';

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
