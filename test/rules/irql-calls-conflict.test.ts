import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('irql-calls-conflict', () => {
  it('a DISPATCH_LEVEL call after one for low levels, and the other way round', () => {
    checkRule(
      'irql-calls-conflict',
      `${TYPES}
VOID LowThenHighBad(PDEVICE_EXTENSION Ext)
{
    ExAcquireFastMutex(&Ext->Mutex);
    ExReleaseFastMutex(&Ext->Mutex);
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ ExAcquireFastMutex before it at APC_LEVEL or below
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
VOID HighThenLowBad(PDEVICE_EXTENSION Ext)
{
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ KeAcquireSpinLockAtDpcLevel before it at DISPATCH_LEVEL
}
`,
    );
  });

  it('annotated routines, one inside of a branch', () => {
    checkRule(
      'irql-calls-conflict',
      `${TYPES}
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID NeedsDispatch(VOID);
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NeedsPassive(VOID);
VOID BranchBad(PDEVICE_EXTENSION Ext)
{
    NeedsPassive();
    if (Ext->Count != 0) {
        NeedsDispatch();
//      ^^^^^^^^^^^^^^^ NeedsPassive before it at PASSIVE_LEVEL only
    }
}
`,
    );
  });

  it('calls in branches that exclude each other, or behind a test of the level', () => {
    checkRule(
      'irql-calls-conflict',
      `${TYPES}
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID NeedsDispatch(VOID);
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NeedsPassive(VOID);
VOID EitherOk(PDEVICE_EXTENSION Ext)
{
    if (Ext->IsLocked) {
        NeedsDispatch();
    } else {
        NeedsPassive();
    }
}
VOID CasesOk(ULONG Which)
{
    switch (Which) {
    case 0:
        NeedsDispatch();
        break;
    default:
        NeedsPassive();
    }
}
VOID FirstOnlySometimesOk(PDEVICE_EXTENSION Ext)
{
    if (Ext->IsLocked) {
        NeedsDispatch();
    }
    if (!Ext->IsLocked) {
        NeedsPassive();
    }
}
`,
    );
  });

  it('a level that is changed in between', () => {
    checkRule(
      'irql-calls-conflict',
      `${TYPES}
VOID RaisedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL old;
    ExAcquireFastMutex(&Ext->Mutex);
    ExReleaseFastMutex(&Ext->Mutex);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    KeLowerIrql(old);
}
`,
    );
  });
});
