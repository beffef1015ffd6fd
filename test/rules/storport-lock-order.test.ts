import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('storport-lock-order', () => {
  it('the interrupt lock first', () => {
    checkRule(
      'storport-lock-order',
      `
#include <wdm.h>
VOID CompleteBad(PVOID Extension)
{
    STOR_LOCK_HANDLE interrupt;
    STOR_LOCK_HANDLE dpc;
    StorPortAcquireSpinLock(Extension, InterruptLock, NULL, &interrupt);
    StorPortAcquireSpinLock(Extension, StartIoLock, NULL, &dpc);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ InterruptLock
    StorPortReleaseSpinLock(Extension, &dpc);
    StorPortReleaseSpinLock(Extension, &interrupt);
}
`,
    );
  });

  it('the interrupt lock last', () => {
    checkRule(
      'storport-lock-order',
      `
#include <wdm.h>
VOID CompleteOk(PVOID Extension)
{
    STOR_LOCK_HANDLE interrupt;
    STOR_LOCK_HANDLE start;
    StorPortAcquireSpinLock(Extension, StartIoLock, NULL, &start);
    StorPortAcquireSpinLock(Extension, InterruptLock, NULL, &interrupt);
    StorPortReleaseSpinLock(Extension, &interrupt);
    StorPortReleaseSpinLock(Extension, &start);
}
`,
    );
  });
});
