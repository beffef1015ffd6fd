import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('atdpc-below-dispatch', () => {
  it('below DISPATCH_LEVEL by annotation', () => {
    checkRule(
      'atdpc-below-dispatch',
      `${TYPES}
_IRQL_requires_max_(APC_LEVEL)
VOID CountBad(PDEVICE_EXTENSION Ext)
{
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ PASSIVE_LEVEL
    Ext->Count += 1;
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
`,
    );
  });

  it('in a paged function', () => {
    checkRule(
      'atdpc-below-dispatch',
      `${TYPES}
VOID PagedBad(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ KeAcquireSpinLockAtDpcLevel relies on DISPATCH_LEVEL
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
`,
    );
  });

  it('only one caller is below', () => {
    checkRule(
      'atdpc-below-dispatch',
      `${TYPES}
static VOID HelperBad(PDEVICE_EXTENSION Ext)
{
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ HelperBad can run at PASSIVE_LEVEL
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
KDEFERRED_ROUTINE DpcOk;
VOID DpcOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    HelperBad((PDEVICE_EXTENSION)Context);
}
DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT Driver)
{
    HelperBad((PDEVICE_EXTENSION)Driver->DeviceObject->DeviceExtension);
}
`,
    );
  });

  it('every caller is at DISPATCH_LEVEL', () => {
    checkRule(
      'atdpc-below-dispatch',
      `${TYPES}
static VOID HelperOk(PDEVICE_EXTENSION Ext)
{
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
KDEFERRED_ROUTINE DpcOk;
VOID DpcOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    HelperOk((PDEVICE_EXTENSION)Context);
}
VOID UnderLockOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Inner, &irql);
    HelperOk(Ext);
    KeReleaseSpinLock(&Ext->Inner, irql);
}
`,
    );
  });

  it('nobody says anything about the entry', () => {
    checkRule(
      'atdpc-below-dispatch',
      `${TYPES}
VOID UnknownOk(PDEVICE_EXTENSION Ext)
{
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
`,
    );
  });

  it('behind a check of the IRQL', () => {
    checkRule(
      'atdpc-below-dispatch',
      `${TYPES}
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID CheckedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = KeGetCurrentIrql();
    if (irql == DISPATCH_LEVEL) {
        KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
        KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    }
}
`,
    );
  });

  it('a flag says it, and the caller keeps its word', () => {
    checkRule(
      'atdpc-below-dispatch',
      `${TYPES}
static VOID FlaggedOk(PDEVICE_EXTENSION Ext, BOOLEAN AtDispatch)
{
    KIRQL irql;
    if (AtDispatch) {
        KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    } else {
        KeAcquireSpinLock(&Ext->Lock, &irql);
    }
    Ext->Count += 1;
    if (AtDispatch) {
        KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    } else {
        KeReleaseSpinLock(&Ext->Lock, irql);
    }
}
KDEFERRED_ROUTINE DpcOk;
VOID DpcOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    FlaggedOk((PDEVICE_EXTENSION)Context, TRUE);
}
DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT Driver)
{
    FlaggedOk((PDEVICE_EXTENSION)Driver->DeviceObject->DeviceExtension, FALSE);
}
`,
    );
  });

  it('in a macro of a header', () => {
    checkRule(
      'atdpc-below-dispatch',
      `//- /locks.h
#define COUNT_LOCK(e) KeAcquireSpinLockAtDpcLevel(&(e)->Lock)
#define COUNT_UNLOCK(e) KeReleaseSpinLockFromDpcLevel(&(e)->Lock)
//- /driver.c
#include "locks.h"
${TYPES}
_IRQL_requires_(PASSIVE_LEVEL)
VOID MacroBad(PDEVICE_EXTENSION Ext)
{
    COUNT_LOCK(Ext);
//  ^^^^^^^^^^^^^^^ PASSIVE_LEVEL
    COUNT_UNLOCK(Ext);
}
`,
    );
  });

  it('a test of a pointer parameter excuses nothing', () => {
    checkRule(
      'atdpc-below-dispatch',
      `${TYPES}
_IRQL_requires_(PASSIVE_LEVEL)
VOID PointerBad(PDEVICE_EXTENSION Ext)
{
    if (Ext != NULL) {
        KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ PASSIVE_LEVEL
        KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    }
}
`,
    );
  });
});
