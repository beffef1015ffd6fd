import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('direct-field-write', () => {
  it('the cancel routine', () => {
    checkRule(
      'direct-field-write',
      `
#include <wdm.h>
VOID ForgetBad(PIRP Irp)
{
    Irp->CancelRoutine = NULL;
//  ^^^^^^^^^^^^^^^^^^^^^^^^^ IoSetCancelRoutine
}
`,
    );
  });

  it('its routine, and a field of the same name', () => {
    checkRule(
      'direct-field-write',
      `
#include <wdm.h>
typedef struct _WORK {
    PVOID CancelRoutine;
} WORK, *PWORK;
VOID ForgetOk(PIRP Irp, PWORK Work)
{
    IoSetCancelRoutine(Irp, NULL);
    Work->CancelRoutine = NULL;
}
`,
    );
  });

  it('the routine of a DPC', () => {
    checkRule(
      'direct-field-write',
      `
#include <wdm.h>
VOID RedirectBad(PKDPC Dpc, PVOID Context)
{
    Dpc->DeferredContext = Context;
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ KeInitializeDpc
}
`,
    );
  });
});
