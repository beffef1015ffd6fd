import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('irql-not-restored', () => {
  it('an early return', () => {
    checkRule(
      'irql-not-restored',
      `${TYPES}
VOID EarlyBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (Ext->Count == 0) {
        return;
//      ^^^^^^^ returns at DISPATCH_LEVEL
    }
    KeLowerIrql(irql);
}
`,
    );
  });

  it('a wrapper that raises for its caller', () => {
    checkRule(
      'irql-not-restored',
      `${TYPES}
KIRQL RaiseOk(VOID)
{
    KIRQL irql;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    return irql;
}
`,
    );
  });

  it('goto cleanup', () => {
    checkRule(
      'irql-not-restored',
      `${TYPES}
NTSTATUS CleanupOk(PDEVICE_EXTENSION Ext)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (Ext->Count == 0) {
        status = STATUS_UNSUCCESSFUL;
        goto Exit;
    }
    Ext->Count -= 1;
Exit:
    KeLowerIrql(irql);
    return status;
}
`,
    );
  });

  it('raised and lowered under one condition, with unknown code between', () => {
    checkRule(
      'irql-not-restored',
      `${TYPES}
VOID RequestedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = PASSIVE_LEVEL;
    ULONG i;
    if (Ext->Count & 4) KeRaiseIrql(DISPATCH_LEVEL, &irql);
    for (i = 0; i < Ext->Count; i++) LibraryWork(Ext);
    if (Ext->Count & 4) KeLowerIrql(irql);
}
`,
    );
  });
});
