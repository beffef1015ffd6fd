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

  it("a callee that drops its caller's lock while it takes the other one, and takes it again", () => {
    checkRule(
      'lock-order-inversion',
      `${TYPES}
static VOID HandOn(PDEVICE_EXTENSION Ext)
{
    while (TRUE) {
        if (Ext->Count == 0) break;
        KeReleaseSpinLockFromDpcLevel(&Ext->Inner);
        KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
        Ext->Count -= 1;
        KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
        KeAcquireSpinLockAtDpcLevel(&Ext->Inner);
    }
}
VOID DrainOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeAcquireSpinLockAtDpcLevel(&Ext->Inner);
    HandOn(Ext);
    KeReleaseSpinLockFromDpcLevel(&Ext->Inner);
    KeLowerIrql(irql);
}
VOID ResetOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeAcquireSpinLockAtDpcLevel(&Ext->Inner);
    KeReleaseSpinLockFromDpcLevel(&Ext->Inner);
    KeReleaseSpinLock(&Ext->Lock, irql);
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

  it('mutexes, on two branches of one function', () => {
    checkRule(
      'lock-order-inversion',
      `
#include <wdm.h>
FAST_MUTEX First;
FAST_MUTEX Second;
VOID BothBad(BOOLEAN IsReversed)
{
    if (IsReversed) {
        ExAcquireFastMutex(&Second);
        ExAcquireFastMutex(&First);
        ExReleaseFastMutex(&First);
        ExReleaseFastMutex(&Second);
    } else {
        ExAcquireFastMutex(&First);
        ExAcquireFastMutex(&Second);
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ the other way
        ExReleaseFastMutex(&Second);
        ExReleaseFastMutex(&First);
    }
}
`,
    );
  });

  it('three locks in a circle, and three under a common one', () => {
    const functions = (outer: string, mark: string): string => `
VOID OneBad(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&${outer}A, &irql);
    KeAcquireSpinLockAtDpcLevel(&${outer}B);
${mark}
    KeReleaseSpinLockFromDpcLevel(&${outer}B);
    KeReleaseSpinLock(&${outer}A, irql);
}
VOID TwoBad(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&${outer}B, &irql);
    KeAcquireSpinLockAtDpcLevel(&${outer}C);
    KeReleaseSpinLockFromDpcLevel(&${outer}C);
    KeReleaseSpinLock(&${outer}B, irql);
}
VOID ThreeBad(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&${outer}C, &irql);
    KeAcquireSpinLockAtDpcLevel(&${outer}A);
    KeReleaseSpinLockFromDpcLevel(&${outer}A);
    KeReleaseSpinLock(&${outer}C, irql);
}
`;
    const locks = '\n#include <wdm.h>\nKSPIN_LOCK A;\nKSPIN_LOCK B;\nKSPIN_LOCK C;\nFAST_MUTEX Gate;\n';
    const mark = `//  ${'^'.repeat(31)} Three CPUs`;
    checkRule('lock-order-inversion', locks + functions('', mark));
    const gated = functions('', '')
      .replaceAll('KIRQL irql;', 'KIRQL irql;\n    ExAcquireFastMutex(&Gate);')
      .replaceAll('irql);\n}', 'irql);\n    ExReleaseFastMutex(&Gate);\n}');
    checkRule('lock-order-inversion', locks + gated);
  });
});
