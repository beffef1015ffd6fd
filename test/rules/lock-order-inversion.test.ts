import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('lock-order-inversion', () => {
  it('across two files and a helper', () => {
    checkRule(
      'lock-order-inversion',
      `//- /a.c
${TYPES}
VOID LockInner(PDEVICE_EXTENSION Ext);
VOID UnlockInner(PDEVICE_EXTENSION Ext);
VOID ForwardBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    LockInner(Ext);
    Ext->Count += 1;
    UnlockInner(Ext);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
//- /b.c
${TYPES}
VOID LockInner(PDEVICE_EXTENSION Ext)
{
    KeAcquireSpinLockAtDpcLevel(&Ext->Inner);
}
VOID UnlockInner(PDEVICE_EXTENSION Ext)
{
    KeReleaseSpinLockFromDpcLevel(&Ext->Inner);
}
VOID BackwardBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Inner, &irql);
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the other way
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    KeReleaseSpinLock(&Ext->Inner, irql);
}
`,
    );
  });

  it('one order everywhere', () => {
    checkRule(
      'lock-order-inversion',
      `${TYPES}
VOID OneOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeAcquireSpinLockAtDpcLevel(&Ext->Inner);
    KeReleaseSpinLockFromDpcLevel(&Ext->Inner);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
KDEFERRED_ROUTINE TwoOk;
VOID TwoOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KeAcquireSpinLockAtDpcLevel(&ext->Lock);
    KeAcquireSpinLockAtDpcLevel(&ext->Inner);
    KeReleaseSpinLockFromDpcLevel(&ext->Inner);
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
}
`,
    );
  });
});
