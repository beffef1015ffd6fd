/**
 * Values of the constants that conditions and arguments use: truth values, levels, pool types, common flags and statuses.
 * Sources: the public wdm.h, ntstatus.h, ndis.h constants. Unknown upper-case names get a number of their own each.
 */
import { levelOfConstant } from '../../protocol/irqlLevels.ts';
import type { Arch } from '../../protocol/irqlLevels.ts';
import type { Atom } from '../../syntax/atoms.ts';

/** Numbers from here on stand for a name whose value is not known. */
const SYMBOL_BASE = 2 ** 40;
/** Numbers from here on stand for NTSTATUS-like names, which all differ from each other. */
const STATUS_BASE = 2 ** 41;
/** Numbers from here on stand for statuses that say failure. */
const FAILURE_BASE = 2 ** 42;

const KNOWN: Readonly<Record<string, number>> = {
  TRUE: 1,
  true: 1,
  FALSE: 0,
  false: 0,
  NULL: 0,
  nullptr: 0,
  STATUS_SUCCESS: 0,
  NDIS_STATUS_SUCCESS: 0,
  STOR_STATUS_SUCCESS: 0,
  S_OK: 0,
  KernelMode: 0,
  UserMode: 1,
  Executive: 0,
  NonPagedPool: 0,
  NonPagedPoolExecute: 0,
  PagedPool: 1,
  NonPagedPoolMustSucceed: 2,
  NonPagedPoolCacheAligned: 4,
  PagedPoolCacheAligned: 5,
  NonPagedPoolCacheAlignedMustS: 6,
  NonPagedPoolNx: 512,
  NonPagedPoolNxCacheAligned: 516,
  NonPagedPoolSessionNx: 544,
  PagedPoolSession: 33,
  POOL_FLAG_PAGED: 0x100,
  POOL_FLAG_NON_PAGED: 0x40,
  POOL_FLAG_NON_PAGED_EXECUTE: 0x80,
  POOL_FLAG_UNINITIALIZED: 2,
  POOL_FLAG_SESSION: 4,
  POOL_FLAG_CACHE_ALIGNED: 8,
  POOL_FLAG_RAISE_ON_FAILURE: 0x20,
  POOL_FLAG_USE_QUOTA: 1,
  POOL_COLD_ALLOCATION: 256,
  POOL_RAISE_IF_ALLOCATION_FAILURE: 16,
  POOL_QUOTA_FAIL_INSTEAD_OF_RAISE: 8,
  IO_NO_INCREMENT: 0,
  EVENT_INCREMENT: 1,
  NDIS_RWL_AT_DISPATCH_LEVEL: 1,
  NDIS_SEND_FLAGS_DISPATCH_LEVEL: 1,
  NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL: 1,
  NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL: 1,
  NDIS_RETURN_FLAGS_DISPATCH_LEVEL: 1,
};

const SUCCESS_STATUSES = new Set([
  'STATUS_SUCCESS',
  'STATUS_PENDING',
  'STATUS_TIMEOUT',
  'STATUS_REPARSE',
  'STATUS_ALERTED',
  'STATUS_USER_APC',
  'STATUS_KERNEL_APC',
  'STATUS_WAIT_0',
  'STATUS_WAIT_1',
  'STATUS_SOME_NOT_MAPPED',
  'STATUS_NOTIFY_ENUM_DIR',
  'STATUS_NOTIFY_CLEANUP',
  'STATUS_OPLOCK_BREAK_IN_PROGRESS',
  'STATUS_OBJECT_NAME_EXISTS',
  'STATUS_CRASH_DUMP',
  'STATUS_FLT_DISALLOW_FAST_IO',
  'STATUS_EVENT_DONE',
  'STATUS_EVENT_PENDING',
  'STATUS_RECEIVE_PARTIAL',
  'STATUS_RECEIVE_PARTIAL_EXPEDITED',
  'STATUS_MORE_ENTRIES',
  'STATUS_NO_MORE_EAS_FOUND',
]);

const IS_SYMBOL = /^[A-Z][A-Z0-9_]*$/;

/** The value of a constant's name, a number of its own for an unknown upper-case name, or undefined for anything else. */
export function constantOfName(text: string, atom: Atom, arch: Arch): number | undefined {
  const known = Object.hasOwn(KNOWN, text) ? KNOWN[text] : levelOfConstant(text, arch);
  if (known !== undefined) return known;
  if (!IS_SYMBOL.test(text) || text.length < 3) return undefined;
  if (!/^(?:NDIS_)?STATUS_/.test(text)) return SYMBOL_BASE + atom;
  return (SUCCESS_STATUSES.has(text.replace(/^NDIS_/, '')) ? STATUS_BASE : FAILURE_BASE) + atom;
}

/** Whether the number stands for a name whose value is not known. */
export function isSymbol(value: number): boolean {
  return value >= SYMBOL_BASE;
}

/** Whether two constants are equal; undefined when that cannot be known. */
export function areEqualConstants(a: number, b: number): boolean | undefined {
  if (a === b) return true;
  // Two names of constants are taken for two values: enumerators and flags are hardly ever aliases.
  if (isSymbol(a) === isSymbol(b)) return false;
  const aIsStatus = a >= STATUS_BASE || a === 0;
  const bIsStatus = b >= STATUS_BASE || b === 0;
  return aIsStatus && bIsStatus ? false : undefined;
}

/** NT_SUCCESS of a constant; undefined for symbols that are no status. */
export function isSuccessConstant(value: number): boolean | undefined {
  if (value >= STATUS_BASE) return value < FAILURE_BASE;
  if (value >= SYMBOL_BASE) return undefined;
  return (value | 0) >= 0;
}

/** A constant of a fact (`NULL`, `PagedPool`, 0) as a number, or undefined when its value is not known. */
export function factConstant(value: string | number, arch: Arch): number | undefined {
  if (typeof value === 'number') return value;
  return Object.hasOwn(KNOWN, value) ? KNOWN[value] : levelOfConstant(value, arch);
}
