/**
 * Names with a meaning that no fact row carries: assertions, routines that never return, and pure helpers.
 * Sources: wdm.h, ntddk.h, sal.h and the documentation pages of the routines.
 */
import { isPureTest } from './evaluate.ts';
import { isTestCall } from './refine.ts';

/** Macros that stop (or assume) unless their first argument holds; the analysis takes it as a fact. */
const ASSERTIONS = new Set([
  'ASSERT',
  'NT_ASSERT',
  'ASSERTMSG',
  'NT_ASSERTMSG',
  'NT_ASSERTMSGW',
  'NT_VERIFY',
  'NT_VERIFYMSG',
  'NT_FRE_ASSERT',
  'NT_FRE_VERIFY',
  'RTL_VERIFY',
  'RTL_SOFT_ASSERT',
  'FLT_ASSERT',
  'FLT_ASSERTMSG',
  'NET_ASSERT',
  'NDIS_ASSERT',
  'MP_ASSERT',
  'WDFASSERT',
  'FuncAssert',
  'VERIFY_IS_IRQL',
  '_Analysis_assume_',
  '__analysis_assume',
  '_Analysis_assume_nullterminated_',
  '__assume',
  'C_ASSERT_IRQL',
  'VIOSERIAL_ASSERT',
  'ASSERT_OPLOCKED',
]);

const NO_RETURN = new Set([
  'KeBugCheck',
  'KeBugCheckEx',
  'ExRaiseStatus',
  'ExRaiseAccessViolation',
  'ExRaiseDatatypeMisalignment',
  'ExRaiseException',
  'RtlRaiseStatus',
  'RtlRaiseException',
  'RtlFailFast',
  'RtlFailFast2',
  '__fastfail',
  'PsTerminateSystemThread',
  'NdisTerminateWrapper_NoReturn',
  'FsRtlBugCheck',
  'WdfVerifierKeBugCheck',
  'ClassBugCheck',
  'abort',
  'exit',
  '_CxxThrowException',
]);

/** Whether the call states that its first argument holds. */
export function isAssertion(name: string): boolean {
  return ASSERTIONS.has(name);
}

/** Whether the call never returns to its caller. */
export function isNoReturn(name: string): boolean {
  return NO_RETURN.has(name);
}

/** The question of a `__finally` body whether an exception brought it here. */
export function isAbnormalTermination(name: string): boolean {
  return name === 'AbnormalTermination' || name === '_abnormal_termination';
}

/** Names whose unknown definition cannot matter for IRQL or locks: tests, assertions, memory helpers. */
export function isQuietName(name: string): boolean {
  return isMemoryHelper(name) || isTestCall(name) || isPureTest(name) || isAssertion(name);
}

/** Routines that read or change only what their arguments point to, atomically or as memory: no call into other code. */
function isMemoryHelper(name: string): boolean {
  return /^(?:_?Interlocked|Dbg|DummySaveIrql$|DummyRestoreIrql$|Rtl(?:Copy|Zero|Move|Fill|Compare|Equal)|mem(?:cpy|set|move|cmp)|Initialize(?:List|SList)|(?:Insert|Remove)\w*List|IsListEmpty|PushEntryList|PopEntryList|KeMemoryBarrier|Read\w*(?:Acquire|NoFence)|Write\w*(?:Release|NoFence)|UNREFERENCED_PARAMETER|CONTAINING_RECORD|KeQueryTickCount|DbgPrint|KdPrint|Do?TraceMessage|TraceEvents|WPP_)/.test(
    name,
  );
}
