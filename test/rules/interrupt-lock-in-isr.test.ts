import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('interrupt-lock-in-isr', () => {
  it('its own lock', () => {
    checkRule(
      'interrupt-lock-in-isr',
      `
#include <wdm.h>
KSERVICE_ROUTINE IsrBad;
BOOLEAN IsrBad(PKINTERRUPT Interrupt, PVOID Context)
{
    KIRQL irql = KeAcquireInterruptSpinLock(Interrupt);
//               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the ISR of this interrupt
    KeReleaseInterruptSpinLock(Interrupt, irql);
    return TRUE;
}
`,
    );
  });

  it('another interrupt, or other code', () => {
    checkRule(
      'interrupt-lock-in-isr',
      `
#include <wdm.h>
KSERVICE_ROUTINE IsrOk;
BOOLEAN IsrOk(PKINTERRUPT Interrupt, PVOID Context)
{
    return Context != NULL;
}
VOID ResetOk(PKINTERRUPT Interrupt)
{
    KIRQL irql = KeAcquireInterruptSpinLock(Interrupt);
    KeReleaseInterruptSpinLock(Interrupt, irql);
}
`,
    );
  });

  it('synchronised under its lock', () => {
    checkRule(
      'interrupt-lock-in-isr',
      `
#include <wdm.h>
VOID SyncBad(PKINTERRUPT Interrupt, PKSYNCHRONIZE_ROUTINE Routine, PVOID Context)
{
    KIRQL irql = KeAcquireInterruptSpinLock(Interrupt);
    KeSynchronizeExecution(Interrupt, Routine, Context);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ held here already
    KeReleaseInterruptSpinLock(Interrupt, irql);
}
`,
    );
  });
});
