import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('annotation-not-kept', () => {
  it('raises less than promised', () => {
    checkRule(
      'annotation-not-kept',
      `${TYPES}
_IRQL_raises_(DISPATCH_LEVEL)
VOID RaiseBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeRaiseIrql(APC_LEVEL, &irql);
    return;
//  ^^^^^^^ promises _IRQL_raises_(DISPATCH_LEVEL)
}
`,
    );
  });

  it('a promise kept through goto', () => {
    checkRule(
      'annotation-not-kept',
      `${TYPES}
_IRQL_requires_same_
NTSTATUS KeptOk(PDEVICE_EXTENSION Ext)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (Ext->Count == 0) {
        status = STATUS_UNSUCCESSFUL;
        goto Exit;
    }
Exit:
    KeLowerIrql(irql);
    return status;
}
`,
    );
  });
});
