import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('annotation-missing', () => {
  it('a wrapper that must run at PASSIVE_LEVEL', () => {
    checkRule(
      'annotation-missing',
      `${TYPES}
NTSTATUS CloseBad(HANDLE Handle)
//       ^^^^^^^^ _IRQL_requires_(PASSIVE_LEVEL)
{
    return ZwClose(Handle);
}
`,
    );
  });

  it('it is annotated, or there is nothing to say', () => {
    checkRule(
      'annotation-missing',
      `${TYPES}
_IRQL_requires_max_(PASSIVE_LEVEL)
_IRQL_requires_same_
NTSTATUS CloseOk(HANDLE Handle)
{
    return ZwClose(Handle);
}
VOID CountOk(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
}
`,
    );
  });
});
