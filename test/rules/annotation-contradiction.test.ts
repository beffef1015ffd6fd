import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('annotation-contradiction', () => {
  it('a minimum above the maximum', () => {
    checkRule(
      'annotation-contradiction',
      `
#include <wdm.h>
_IRQL_requires_max_(APC_LEVEL)
  _IRQL_requires_min_(DISPATCH_LEVEL)
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ no IRQL satisfies
VOID ResetBad(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
}
`,
    );
  });

  it('bounds that fit', () => {
    checkRule(
      'annotation-contradiction',
      `
#include <wdm.h>
_IRQL_requires_min_(PASSIVE_LEVEL)
_IRQL_requires_max_(DISPATCH_LEVEL)
_IRQL_requires_same_
VOID ResetOk(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
}
`,
    );
  });

  it('the declaration says something else', () => {
    checkRule(
      'annotation-contradiction',
      `
#include <wdm.h>
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID StopBad(PVOID Context);
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID StopBad(PVOID Context)
//   ^^^^^^^ in the declaration
{
    UNREFERENCED_PARAMETER(Context);
}
`,
    );
  });

  it('the declaration says the same, or speaks alone', () => {
    checkRule(
      'annotation-contradiction',
      `
#include <wdm.h>
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID StopOk(PVOID Context);
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID StopOk(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
}
_IRQL_requires_max_(PASSIVE_LEVEL)
VOID StartOk(PVOID Context);
_Use_decl_annotations_
VOID StartOk(PVOID Context)
{
    UNREFERENCED_PARAMETER(Context);
}
`,
    );
  });
});
