import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('apc-needed-while-disabled', () => {
  it('in a guarded region', () => {
    checkRule(
      'apc-needed-while-disabled',
      `
#include <wdm.h>
VOID StoreBad(HANDLE File, PVOID Data, ULONG Length)
{
    IO_STATUS_BLOCK block;
    KeEnterGuardedRegion();
    ZwWriteFile(File, NULL, NULL, NULL, &block, Data, Length, NULL, NULL);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ guarded region
    KeLeaveGuardedRegion();
}
`,
    );
  });

  it('after it, or in a critical region', () => {
    checkRule(
      'apc-needed-while-disabled',
      `
#include <wdm.h>
VOID StoreOk(HANDLE File, PVOID Data, ULONG Length)
{
    IO_STATUS_BLOCK block;
    KeEnterGuardedRegion();
    KeLeaveGuardedRegion();
    ZwWriteFile(File, NULL, NULL, NULL, &block, Data, Length, NULL, NULL);
    KeEnterCriticalRegion();
    ZwWriteFile(File, NULL, NULL, NULL, &block, Data, Length, NULL, NULL);
    KeLeaveCriticalRegion();
}
`,
    );
  });
});
