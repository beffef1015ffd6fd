import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('spin-lock-shared-with-isr', () => {
  it('an ISR and a dispatch routine', () => {
    checkRule(
      'spin-lock-shared-with-isr',
      `${TYPES}
KSERVICE_ROUTINE IsrBad;
BOOLEAN IsrBad(PKINTERRUPT Interrupt, PVOID Context)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KeAcquireSpinLockAtDpcLevel(&ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ DIRQL
    ext->Count += 1;
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
    return TRUE;
}
VOID Reset(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count = 0;
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('the ISR uses another lock', () => {
    checkRule(
      'spin-lock-shared-with-isr',
      `${TYPES}
KSERVICE_ROUTINE IsrOk;
BOOLEAN IsrOk(PKINTERRUPT Interrupt, PVOID Context)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    ext->Count += 1;
    KeInsertQueueDpc(&ext->Dpc, NULL, NULL);
    return TRUE;
}
VOID ResetOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count = 0;
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });
});
