import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('role-type-missing', () => {
  it('a DPC without its role type', () => {
    checkRule(
      'role-type-missing',
      `
#include <wdm.h>
VOID TickBad(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
//   ^^^^^^^ KDEFERRED_ROUTINE
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}
VOID SetUp(PKDPC Dpc)
{
    KeInitializeDpc(Dpc, TickBad, NULL);
}
`,
    );
  });

  it('a declared DPC', () => {
    checkRule(
      'role-type-missing',
      `
#include <wdm.h>
KDEFERRED_ROUTINE TickOk;
VOID TickOk(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}
VOID SetUpOk(PKDPC Dpc)
{
    KeInitializeDpc(Dpc, TickOk, NULL);
}
`,
    );
  });
});
