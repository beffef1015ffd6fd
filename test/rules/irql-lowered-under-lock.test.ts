import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('irql-lowered-under-lock', () => {
  it('a lower call under the lock', () => {
    checkRule(
      'irql-lowered-under-lock',
      `${TYPES}
VOID LowerBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeLowerIrql(PASSIVE_LEVEL);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^ Ext->Lock is still held
    Ext->Count += 1;
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
}
`,
    );
  });

  it('the reverse order', () => {
    checkRule(
      'irql-lowered-under-lock',
      `${TYPES}
VOID ReverseOk(PDEVICE_EXTENSION Ext)
{
    KIRQL outer, inner;
    KeAcquireSpinLock(&Ext->Lock, &outer);
    KeAcquireSpinLock(&Ext->Inner, &inner);
    KeReleaseSpinLock(&Ext->Inner, inner);
    KeReleaseSpinLock(&Ext->Lock, outer);
}
`,
    );
  });
});
