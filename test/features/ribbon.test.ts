// The ribbon: one class per line, whole bars.
import { expect, it } from 'vitest';
import { ribbonText } from './checkFeature.ts';

it('paints what runs, at the highest level that is possible', () => {
  const text = `DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT d)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);

    d->Flags = 0;
    KeLowerIrql(old);
    d->Flags = 1;
}
KSERVICE_ROUTINE Isr;
BOOLEAN Isr(PKINTERRUPT i, PVOID c)
{
    return TRUE;
}
IO_COMPLETION_ROUTINE Done;
NTSTATUS Done(PDEVICE_OBJECT d, PIRP i, PVOID c)
{
    return 0;
}
VOID Lonely(PULONG p)
{
    *p = 1;
}
`;
  expect(ribbonText(text)).toEqual([
    '4-5 passive',
    '7-8 dispatch',
    '9-9 passive',
    '14-14 device',
    '19-19 ~dispatch',
    '23-23 unknown',
  ]);
});
