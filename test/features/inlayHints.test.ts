// Inlay hints: entry levels and changes, or every statement.
import { expect, it } from 'vitest';
import { hintsText } from './checkFeature.ts';

const COMPLETION = `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
IO_COMPLETION_ROUTINE Done;
NTSTATUS Done(PDEVICE_OBJECT d, PIRP i, PVOID c)
{
    PEXT e = c;
    KIRQL old;
    KeAcquireSpinLock(&e->Lock, &old);
    e->n += 1;
    KeReleaseSpinLock(&e->Lock, old);
    return 0;
}
`;

it('shows the entry level and where it changes', () => {
  expect(hintsText(COMPLETION)).toEqual([
    '4: PASSIVE_LEVEL..DISPATCH_LEVEL',
    '7: ↑ DISPATCH_LEVEL',
    '9: ↓ PASSIVE_LEVEL..DISPATCH_LEVEL',
  ]);
});

it('shows every statement where that is asked for', () => {
  const hints = hintsText(COMPLETION, { inlayHints: 'everyStatement' });
  expect(hints).toContain('8: DISPATCH_LEVEL, e->Lock');
  expect(hints).toContain('10: PASSIVE_LEVEL..DISPATCH_LEVEL');
});

it('shows nothing where it is off', () => {
  expect(hintsText(COMPLETION, { inlayHints: 'off' })).toEqual([]);
});

it('claims no level of a function that nobody knows, but the raise inside of it', () => {
  const hints = hintsText(`VOID Lonely(PKSPIN_LOCK l)
{
    KIRQL old;
    KeAcquireSpinLock(l, &old);
    KeReleaseSpinLock(l, old);
}
`);
  expect(hints).toEqual(['4: ↑ DISPATCH_LEVEL', '5: ↓ level at entry']);
});
