import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('saved-irql-overwritten', () => {
  it('one variable for two locks', () => {
    checkRule(
      'saved-irql-overwritten',
      `${TYPES}
VOID SameBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeAcquireSpinLock(&Ext->Inner, &irql);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ irql
    KeReleaseSpinLock(&Ext->Inner, irql);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('one variable, one lock after the other', () => {
    checkRule(
      'saved-irql-overwritten',
      `${TYPES}
VOID InTurnOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeReleaseSpinLock(&Ext->Lock, irql);
    KeAcquireSpinLock(&Ext->Inner, &irql);
    KeReleaseSpinLock(&Ext->Inner, irql);
}
`,
    );
  });
});
