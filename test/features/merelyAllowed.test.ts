// What merely may happen is information on demand; what is proved is the rules' business.
import { expect, it } from 'vitest';
import { merelyAllowed } from '../../server/src/features/merelyAllowed.ts';
import { hoverText, open } from './checkFeature.ts';

const DISPATCH = `DRIVER_DISPATCH Read;
NTSTATUS Read(PDEVICE_OBJECT d, PIRP i)
{
    KeWaitForSingleObject(d, Executive, KernelMode, FALSE, NULL);
    return 0;
}
`;

function messages(text: string): string[] {
  const { snapshot, file } = open(text);
  return merelyAllowed(snapshot, file).map(({ message }) => message);
}

it('informs of a wait in a dispatch routine that may be called at DISPATCH_LEVEL', () => {
  const [message, ...others] = messages(DISPATCH);
  expect(others).toEqual([]);
  expect(message).toMatch(
    /^KeWaitForSingleObject needs IRQL <= APC_LEVEL\. DRIVER_DISPATCH may be entered at DISPATCH_LEVEL/,
  );
});

it('is silent where a comment says so, and where the level is proved', () => {
  expect(
    messages(
      DISPATCH.replace('    KeWait', '    // irql-lens-ignore irql-too-high: never sent so\n    KeWait'),
    ),
  ).toEqual([]);
  expect(messages(DISPATCH.replace('DRIVER_DISPATCH Read', 'DRIVER_UNLOAD Read'))).toEqual([]);
});

it('says on hover that a DPC takes long', () => {
  const text = `KDEFERRED_ROUTINE Dpc;
VOID D$0pc(PKDPC d, PVOID c, PVOID a, PVOID b)
{
    PULONG p = c;
    for (;;) { for (;;) { for (;;) { for (;;) { for (;;) { *p += DbgPrint("x"); if (*p) break; } } } } }
}
`;
  expect(hoverText(text)).toMatch(/takes about \d+ µs, longer than the 100 µs that a DPC should take/);
  expect(hoverText(text, { thresholds: { dpcMicroseconds: 1e6 } })).not.toContain('µs');
});
