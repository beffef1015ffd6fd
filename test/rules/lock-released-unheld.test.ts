import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('lock-released-unheld', () => {
  it('twice on one path', () => {
    checkRule(
      'lock-released-unheld',
      `${TYPES}
VOID TwiceBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeReleaseSpinLock(&Ext->Lock, irql);
    Ext->Count += 1;
    KeReleaseSpinLock(&Ext->Lock, irql);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not held
}
`,
    );
  });

  it('an unlock helper, and a helper that drops the lock for a while', () => {
    checkRule(
      'lock-released-unheld',
      `${TYPES}
VOID UnlockOk(PDEVICE_EXTENSION Ext, KIRQL Irql)
{
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
VOID DropOk(PDEVICE_EXTENSION Ext, PKIRQL Irql)
{
    KeReleaseSpinLock(&Ext->Lock, *Irql);
    KeSetEvent(&Ext->Event, 0, FALSE);
    KeAcquireSpinLock(&Ext->Lock, Irql);
}
`,
    );
  });
});
