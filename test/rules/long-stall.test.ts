import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('long-stall', () => {
  it('a DPC and an ISR', () => {
    checkRule(
      'long-stall',
      `
#include <wdm.h>
KDEFERRED_ROUTINE TickBad;
VOID TickBad(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeStallExecutionProcessor(500);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 500 us at DISPATCH_LEVEL
}
KSERVICE_ROUTINE IsrBad;
BOOLEAN IsrBad(PKINTERRUPT Interrupt, PVOID Context)
{
    KeStallExecutionProcessor(50);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 50 us
    return TRUE;
}
`,
    );
  });

  it('short, or at an unknown level', () => {
    checkRule(
      'long-stall',
      `
#include <wdm.h>
KDEFERRED_ROUTINE TickOk;
VOID TickOk(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeStallExecutionProcessor(50);
}
VOID ResetOk(ULONG Time)
{
    KeStallExecutionProcessor(500);
    KeStallExecutionProcessor(Time);
}
`,
    );
  });
});
