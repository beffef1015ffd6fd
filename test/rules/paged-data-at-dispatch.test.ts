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
});
