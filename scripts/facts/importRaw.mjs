// Turns a folder of raw fact tables (ddi.json, effects.json, roles.json, registrations.json) into the project's own
// source tables, in the format of server/src/protocol/factsFormat.ts. Run once when the raw tables are renewed:
// `node scripts/generateFacts.mjs --import FOLDER`. It corrects nothing: corrections.json does that, row by row.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const short = (level) => level?.replace(/_LEVEL(-1)?$/, '');

/** Drops undefined, false, empty lists: a row says only what is out of the ordinary. */
function compact(row) {
  return Object.fromEntries(
    Object.entries(row).filter(
      ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

function importWhen(when) {
  const { deref, majorFunction, formatUsesUnicode, passiveInterrupt, ...rest } = when;
  return compact({
    ...rest,
    isDeref: deref === true ? true : undefined,
    majorFunctions: majorFunction,
    usesUnicodeFormat: formatUsesUnicode === true ? true : undefined,
    ...(passiveInterrupt === undefined ? {} : { isPassiveInterrupt: passiveInterrupt }),
  });
}

/** `isPassiveInterrupt: false` is a statement, so it must survive `compact`. */
function whenOf(when) {
  const row = importWhen(when);
  return when.passiveInterrupt === false ? { ...row, isPassiveInterrupt: false } : row;
}

const importConditions = (list) =>
  list?.map(({ when, min, max }) => compact({ when: whenOf(when), min, max }));

function importDissent({ alt, altSdv }) {
  return [...(alt ? [alt] : []), ...(altSdv ? [{ ...altSdv, source: 'sdv' }] : [])];
}

const REGIONS = {
  criticalRegion: ['criticalRegion'],
  apcLevelOrCriticalRegion: ['apcLevel', 'criticalRegion'],
  apcLevelOrGuardedRegion: ['apcLevel', 'guardedRegion'],
};

function routineNote(row) {
  const notes = [];
  if (row.stableOnlyAtOrAbove)
    notes.push(`the result is stable only at or above ${row.stableOnlyAtOrAbove}_LEVEL`);
  if (row.effectDeferredAtDispatch)
    notes.push('at DISPATCH_LEVEL the effect is deferred until the IRQL is lowered');
  return notes.length > 0 ? notes.join('; ') : undefined;
}

function importRoutine(row) {
  const isExact = row.min === row.max && row.exactLevel !== undefined && !row.exactLevel.endsWith('-1');
  return compact({
    name: row.name,
    kind: row.kind === 'function' ? undefined : row.kind,
    header: row.header || undefined,
    aliasOf: row.aliasOf,
    argMap: row.argMap?.map((index) => index ?? -1),
    min: isExact ? short(row.exactLevel) : row.min,
    max: isExact ? short(row.exactLevel) : row.belowExact === 'IPI_LEVEL' ? 'CLOCK' : row.max,
    discrete: row.discrete,
    conditions: importConditions(row.conditions),
    argc: row.argc,
    args: row.args,
    isUndocumented: row.documented === false ? true : undefined,
    isUserMode: row.mode === 'user' ? true : undefined,
    isSameAsCaller: row.sameAsCaller === true ? true : undefined,
    requiresApcs: row.requiresApcs ?? row.requires,
    requiresRegion: REGIONS[row.requiresRegion],
    resident: row.resident,
    calledBy: row.kind === 'callback' ? row.calledBy : undefined,
    dissent: importDissent(row),
    source: row.source,
    confidence: row.confidence,
    note: routineNote(row),
  });
}

function importExit(exit) {
  if (exit === undefined || exit === 'unchanged' || exit === 'raisedUntilNextWait') return exit;
  if (exit === 'saved-in lock') return 'savedInLock';
  const [, kind, index] = /^(saved-in arg|by arg|arg) (\d+)$/.exec(exit) ?? [];
  if (kind === 'saved-in arg') return { savedInArg: Number(index) };
  if (kind === 'by arg') return { byArg: Number(index) };
  return kind === 'arg' ? { arg: Number(index) } : exit;
}

function importCallback(level) {
  const index = /^by arg (\d+)$/.exec(level ?? '')?.[1];
  return index === undefined ? level : { byArg: Number(index) };
}

function importMode(mode) {
  if (mode === 'exclusive->shared') return 'toShared';
  if (mode === 'shared->exclusive') return 'toExclusive';
  const index = /^by arg (\d+)$/.exec(mode ?? '')?.[1];
  return index === undefined ? mode : { byArg: Number(index) };
}

function importVariant(variant) {
  return typeof variant === 'object' ? { arg: variant.arg, flag: variant.setFlag } : variant;
}

const RESULTS = {
  TRUE: 'nonZero',
  STATUS_SUCCESS: 'ntSuccess',
  STOR_STATUS_SUCCESS: 'storSuccess',
  STATUS_WAIT_n: 'waitSatisfied',
};

function importCase({ when, exitLevel, requiresMin, requiresMax, callbackLevel, region }) {
  return compact({
    when: whenOf(when),
    exit: importExit(exitLevel),
    min: requiresMin,
    max: requiresMax,
    callback: importCallback(callbackLevel),
    region,
  });
}

function importCases(row) {
  const cases = (row.exitWhen ?? []).map(importCase);
  if (row.passiveInterruptCallbackLevel)
    cases.push({ when: { arg: 0, isPassiveInterrupt: true }, callback: row.passiveInterruptCallbackLevel });
  return cases;
}

const SAME_KEYS =
  `name op lockKind lockArg handleArg irqlOutArg irqlInArg levelArg flagsArg timeoutArg waitArg modeArg ownerArg
tagArg countArg lockTypeArg priorityArg contextArg currentIrqlArg callbackArg returnsOldIrql returnsCurrentIrql region blocks
pairsWith pairsAlso dpcRelease generalVariant unsafeVariant obsolete aliasOf lockUsableOnlyWith disables nests newLevelMustBe
mayAlsoLower context onlyIfObjectType restoresIrqlOf lockOrder arch argc args headers source`.split(/\s+/);

function effectNote(row) {
  const notes = [];
  if (row.lockUnusedOn) notes.push('current x64 systems do not use the lock');
  if (row.calledThrough) notes.push(`called through a member of ${row.calledThrough}`);
  return notes.length > 0 ? notes.join('; ') : undefined;
}

function importEffect(row) {
  const savedArg = /^arg (\d+)$/.exec(row.irqlSavedIn ?? '')?.[1];
  const imported = compact({
    ...Object.fromEntries(SAME_KEYS.map((key) => [key, row[key]])),
    callback: row.exactCallbackLevel ? short(row.exactCallbackLevel) : importCallback(row.callbackLevel),
    irqlSavedIn: savedArg === undefined ? row.irqlSavedIn : { arg: Number(savedArg) },
    exit: importExit(row.exitLevel),
    exitWhen: importCases(row),
    effectIf: RESULTS[row.effectIf],
    mode: importMode(row.mode),
    min: row.requiresMin,
    max: row.belowExact === 'IPI_LEVEL' ? 'CLOCK' : row.requiresMax,
    requiresWhen: row.requiresWhen?.map(({ when, requiresMin, requiresMax }) =>
      compact({ when: whenOf(when), min: requiresMin, max: requiresMax }),
    ),
    requiresRegion: row.requiresRegion?.split('|'),
    transientLevel: row.transientLevel,
    isGlobalLock: row.globalLock,
    dpcVariant: importVariant(row.dpcVariant),
    isReserved: row.reserved,
    needsResidentData: row.residentData,
    isPairedAtSameIrql: row.pairSameIrql,
    isAsync: row.async,
    cancelRoutineIrql: row.inCancelRoutineUse,
    isOwnerThreadOnly: row.ownerThreadOnly,
    isSameProcessorAsAcquire: row.sameProcessorAsAcquire,
    isPassiveInterruptOnly: row.passiveInterruptOnly,
    note: effectNote(row),
  });
  return row.recursive === undefined ? imported : { ...imported, isRecursive: row.recursive };
}

function importRole(row) {
  const isExact = row.min === row.max && row.exactLevel !== undefined && !row.exactLevel.endsWith('-1');
  const pointers = row.pointerType === undefined ? [] : [row.pointerType].flat();
  return {
    ...compact({
      type: row.type,
      pointerTypes: pointers,
      isPointerType: row.isPointerType,
      min: isExact ? short(row.exactLevel) : row.min,
      max: isExact ? short(row.exactLevel) : row.max,
      discrete: row.discrete,
      conditions: importConditions(row.conditions),
      flags: row.flags,
      holdsLocks: row.holdsLocks,
      mustRestoreIrql: row.mustRestoreIrql,
      calledBy: row.calledBy,
      isUserMode: row.mode === 'user' ? true : undefined,
      isUndocumented: row.documented === false ? true : undefined,
      header: row.header || undefined,
      argc: row.argc,
      dissent: importDissent(row),
      source: row.source,
      confidence: row.confidence,
    }),
    ...(row.mayAcquire === undefined ? {} : { mayAcquire: row.mayAcquire }),
  };
}

function importRegistration(row) {
  if (row.entryPoint !== undefined) return { entryPoint: row.entryPoint, role: row.role, source: row.source };
  const common = {
    role: row.role,
    header: row.header || undefined,
    entryMin: row.entryMin,
    entryMax: row.entryMax,
  };
  if (row.function !== undefined)
    return compact({
      function: row.function,
      callbackArg: row.callbackArg ?? -1,
      objectArg: row.dpcArg ?? row.itemArg ?? row.deviceArg,
      via: row.via,
      argName: row.argName,
      when: row.when,
      isUnregister: row.op === 'unregister',
      calledThrough: row.calledThrough,
      ...common,
      source: row.source,
    });
  const [, field, index] = /^([^[]+)(?:\[(\w+)\])?$/.exec(row.field) ?? [];
  return compact({
    struct: row.struct,
    structPointers: row.structPointers,
    field,
    index,
    isQueryInterface: row.direction === 'queryInterface',
    registrar: row.registrar,
    ...common,
    source: row.source,
  });
}

/** Reads the raw folder and returns the four source tables; a callback that is a role is kept as the role alone. */
export function importRaw(folder) {
  const read = (name) => JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
  const roles = read('roles').map(importRole);
  const roleTypes = new Set(roles.map((role) => role.type));
  return {
    routines: read('ddi')
      .filter((row) => row.kind !== 'callback' || !roleTypes.has(row.name))
      .map(importRoutine),
    effects: read('effects').map(importEffect),
    roles,
    registrations: read('registrations').map(importRegistration),
  };
}
