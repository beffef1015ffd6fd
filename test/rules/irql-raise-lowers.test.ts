import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('irql-raise-lowers', () => {
  it("a raise below the lock's level", () => {
    checkRule(
      'irql-raise-lowers',
      `${TYPES}
VOID RaiseBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql, old;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeRaiseIrql(APC_LEVEL, &old);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ lowers the IRQL
    KeLowerIrql(old);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('to the same level', () => {
    checkRule(
      'irql-raise-lowers',
      `${TYPES}
KDEFERRED_ROUTINE SameOk;
VOID SameOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
}
`,
    );
  });
});
