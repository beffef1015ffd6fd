/**
 * Turns an effect row into what everybody reads: levels as sets, unions tagged, arguments in terms of the call.
 * A row that says `sameAs` (a user's wrapper) takes the other row with its arguments mapped.
 */
import { allLevels, deviceLevels, maxOf, minOf, type Arch } from '../protocol/irqlLevels.ts';
import type { EffectCaseRow, EffectRow } from '../protocol/factsFormat.ts';
import type {
  CallbackLevel,
  DpcVariant,
  EffectCase,
  EffectResult,
  ExitLevel,
  FactLockKind,
  FactWhen,
  LockEffect,
  LockMode,
} from './ddiFacts.ts';
import { boundSet, levelSet, resolveConditions, resolveWhen, type ArgMapping } from './resolveLevels.ts';

function resolveExit(row: EffectRow['exit'], arch: Arch, map: ArgMapping): ExitLevel {
  if (row === undefined || row === 'unchanged') return { kind: 'unchanged' };
  if (row === 'savedInLock' || row === 'raisedUntilNextWait') return { kind: row };
  if (typeof row !== 'object') return { kind: 'level', levels: levelSet(row, arch) };
  if ('arg' in row) return { kind: 'arg', arg: map(row.arg) };
  if ('savedInArg' in row) return { kind: 'savedInArg', arg: map(row.savedInArg) };
  return { kind: 'byArg', arg: map(row.byArg) };
}

function resolveCallback(row: EffectRow['callback'], arch: Arch, map: ArgMapping): CallbackLevel | undefined {
  if (row === undefined) return undefined;
  if (row === 'same') return { kind: 'same' };
  if (typeof row === 'object') return { kind: 'byArg', arg: map(row.byArg) };
  return { kind: 'level', levels: levelSet(row, arch) };
}

function resolveMode(row: EffectRow['mode'], map: ArgMapping): LockMode | undefined {
  if (row === undefined) return undefined;
  return typeof row === 'object' ? { kind: 'byArg', arg: map(row.byArg) } : { kind: row };
}

function resolveVariant(row: EffectRow['dpcVariant'], map: ArgMapping): DpcVariant | undefined {
  if (row === undefined) return undefined;
  return typeof row === 'string'
    ? { kind: 'function', name: row }
    : { kind: 'flag', arg: map(row.arg), flag: row.flag };
}

function resolveCase(row: EffectCaseRow, arch: Arch, map: ArgMapping): EffectCase {
  const levels = boundSet(row, arch);
  const callback = resolveCallback(row.callback, arch, map);
  return {
    when: resolveWhen(row.when, arch, map),
    ...(row.exit === undefined ? {} : { exit: resolveExit(row.exit, arch, map) }),
    ...(levels === null ? {} : { levels }),
    ...(callback === undefined ? {} : { callback }),
    ...(row.region === undefined ? {} : { region: row.region }),
  };
}

/** A wait that cannot fail takes the lock whatever the caller does with the result. */
function certainty(
  row: EffectRow,
  effectIf: EffectResult | undefined,
  map: ArgMapping,
): FactWhen | undefined {
  if (effectIf === undefined) return undefined;
  if (row.waitArg !== undefined) return { arg: map(row.waitArg), test: { op: 'equals', value: 'TRUE' } };
  if (row.timeoutArg !== undefined)
    return { arg: map(row.timeoutArg), test: { op: 'equals', value: 'NULL' } };
  return undefined;
}

const ARG_KEYS = [
  'lockArg',
  'handleArg',
  'irqlOutArg',
  'irqlInArg',
  'levelArg',
  'flagsArg',
  'timeoutArg',
  'waitArg',
  'modeArg',
  'ownerArg',
  'tagArg',
  'countArg',
  'lockTypeArg',
  'priorityArg',
  'contextArg',
  'currentIrqlArg',
  'callbackArg',
] as const;

type ArgKey = (typeof ARG_KEYS)[number];

function resolveArgs(row: EffectRow, map: ArgMapping): { readonly [key in ArgKey]?: number } {
  const args: { [key in ArgKey]?: number } = {};
  for (const key of ARG_KEYS) {
    const index = row[key];
    if (index !== undefined && map(index) >= 0) args[key] = map(index);
  }
  return args;
}

const WORD_KEYS = [
  'requiresRegion',
  'region',
  'isRecursive',
  'dpcRelease',
  'generalVariant',
  'unsafeVariant',
  'obsolete',
  'aliasOf',
  'lockUsableOnlyWith',
  'disables',
  'newLevelMustBe',
  'context',
  'cancelRoutineIrql',
  'onlyIfObjectType',
  'lockOrder',
  'arch',
  'note',
  'effectIf',
] as const;

type WordKey = (typeof WORD_KEYS)[number];

function pickWords(row: EffectRow): { readonly [key in WordKey]?: NonNullable<EffectRow[key]> } {
  const picked = WORD_KEYS.filter((key) => row[key] !== undefined).map((key) => [key, row[key]]);
  return Object.fromEntries(picked) as { readonly [key in WordKey]?: NonNullable<EffectRow[key]> };
}

function savedIn(row: EffectRow['irqlSavedIn'], map: ArgMapping): LockEffect['irqlSavedIn'] {
  if (row === undefined) return undefined;
  return row === 'lock' ? { kind: 'lock' } : { kind: 'arg', arg: map(row.arg) };
}

/** What depends on the target or on the arguments. */
function levelsOf(row: EffectRow, arch: Arch, map: ArgMapping) {
  const levels = boundSet(row, arch) ?? allLevels(arch);
  const callback = resolveCallback(row.callback, arch, map);
  const transient = row.transientLevel;
  return {
    exit: resolveExit(row.exit, arch, map),
    exitWhen: (row.exitWhen ?? []).map((one) => resolveCase(one, arch, map)),
    levels,
    min: minOf(levels),
    max: maxOf(levels),
    requiresWhen: resolveConditions(row.requiresWhen, arch, map),
    ...(callback === undefined ? {} : { callback }),
    ...(transient === undefined
      ? {}
      : { transientLevels: transient === 'DIRQL' ? deviceLevels(arch) : levelSet(transient, arch) }),
  };
}

/** What is plainly said or not said. */
function marksOf(row: EffectRow) {
  return {
    returnsOldIrql: row.returnsOldIrql === true,
    returnsCurrentIrql: row.returnsCurrentIrql === true,
    blocks: row.blocks === true,
    isGlobalLock: row.isGlobalLock === true,
    isReserved: row.isReserved === true,
    needsResidentData: row.needsResidentData === true,
    nests: row.nests === true,
    isPairedAtSameIrql: row.isPairedAtSameIrql === true,
    mayAlsoLower: row.mayAlsoLower === true,
    isAsync: row.isAsync === true,
    isOwnerThreadOnly: row.isOwnerThreadOnly === true,
    isSameProcessorAsAcquire: row.isSameProcessorAsAcquire === true,
    isPassiveInterruptOnly: row.isPassiveInterruptOnly === true,
    pairsWith: row.pairsWith ?? [],
    pairsAlso: row.pairsAlso ?? [],
    restoresIrqlOf: row.restoresIrqlOf ?? [],
  };
}

/**
 * The effect of a row. `name` is the routine that is called (a wrapper's own name), `map` says where the row's
 * arguments are found there.
 */
export function resolveEffect(row: EffectRow, name: string, arch: Arch, map: ArgMapping): LockEffect {
  const mode = resolveMode(row.mode, map);
  const dpcVariant = resolveVariant(row.dpcVariant, map);
  const irqlSavedIn = savedIn(row.irqlSavedIn, map);
  const certainWhen = certainty(row, row.effectIf, map);
  const { lockKind } = row;
  return {
    name,
    op: row.op ?? 'query',
    ...(lockKind === undefined ? {} : { lockKind: lockKind as FactLockKind }),
    ...resolveArgs(row, map),
    ...levelsOf(row, arch, map),
    ...marksOf(row),
    ...pickWords(row),
    ...(mode === undefined ? {} : { mode }),
    ...(dpcVariant === undefined ? {} : { dpcVariant }),
    ...(irqlSavedIn === undefined ? {} : { irqlSavedIn }),
    ...(certainWhen === undefined ? {} : { certainWhen }),
    argc: row.argc ?? -1,
    args: row.args ?? [],
    headers: row.headers ?? [],
    source: row.source ?? 'user',
  };
}
