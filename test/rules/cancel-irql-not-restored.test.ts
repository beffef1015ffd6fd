import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('cancel-irql-not-restored', () => {
  it('a level of its own', () => {
    checkRule(
      'cancel-irql-not-restored',
      `${TYPES}
DRIVER_CANCEL CancelBad;
VOID CancelBad(PDEVICE_OBJECT Device, PIRP TheIrp)
{
    KIRQL irql = PASSIVE_LEVEL;
    IoReleaseCancelSpinLock(irql);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Use TheIrp->CancelIrql
}
`,
    );
  });

  it('a dispatch routine with its own acquire', () => {
    checkRule(
      'cancel-irql-not-restored',
      `${TYPES}
VOID OtherOk(PIRP Irp)
{
    KIRQL irql;
    IoAcquireCancelSpinLock(&irql);
    IoReleaseCancelSpinLock(irql);
}
`,
    );
  });
});
