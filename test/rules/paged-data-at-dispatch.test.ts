import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('paged-data-at-dispatch', () => {
  it('used in a DPC', () => {
    checkRule(
      'paged-data-at-dispatch',
      `
#include <wdm.h>
#pragma data_seg("PAGEDATA")
ULONG g_Mode = 1;
#pragma data_seg()
ULONG g_Ticks = 1;
KDEFERRED_ROUTINE TickBad;
VOID TickBad(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    g_Ticks = g_Ticks + 1;
    g_Mode = 2;
//  ^^^^^^ PAGEDATA
}
`,
    );
  });

  it('used at PASSIVE_LEVEL, or not pageable', () => {
    checkRule(
      'paged-data-at-dispatch',
      `
#include <wdm.h>
#pragma data_seg("PAGEDATA")
ULONG g_Mode = 1;
#pragma data_seg()
ULONG g_Ticks = 1;
KDEFERRED_ROUTINE TickOk;
VOID TickOk(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    g_Ticks = g_Ticks + 1;
}
VOID ConfigureOk(ULONG Mode)
{
    g_Mode = Mode;
}
`,
    );
  });

  it('paged pool that the function has taken itself', () => {
    checkRule(
      'paged-data-at-dispatch',
      `
#include <wdm.h>
VOID CountBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PULONG counts = (PULONG)ExAllocatePoolWithTag(PagedPool, 64, 'tseT');
    if (counts == NULL) return;
    counts[0] = 1;
    KeAcquireSpinLock(Lock, &irql);
    counts[1] = 2;
//  ^^^^^^^^^ points to paged pool
    KeReleaseSpinLock(Lock, irql);
    ExFreePool(counts);
}
VOID CountOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PULONG counts = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'tseT');
    PULONG other = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'tseT');
    if (counts == NULL || other == NULL) return;
    KeAcquireSpinLock(Lock, &irql);
    counts[1] = 2;
    KeReleaseSpinLock(Lock, irql);
    other[1] = 2;
    other = counts;
    KeAcquireSpinLock(Lock, &irql);
    other[1] = 2;
    KeReleaseSpinLock(Lock, irql);
}
`,
    );
  });
});
