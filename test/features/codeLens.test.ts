// Code lenses: one per acquisition, with a price that depends on level, form and what the lock guards.
import { expect, it } from 'vitest';
import { lensTitles } from './checkFeature.ts';

function dpc(guarded: string): string {
  return `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b)
{
    PEXT e = c;
    KIRQL old;
    KeAcquireSpinLock(&e->Lock, &old);
    ${guarded}
    KeReleaseSpinLock(&e->Lock, old);
}
`;
}

it('prices each acquisition and says what AtDpcLevel would save at DISPATCH_LEVEL', () => {
  const [title, ...others] = lensTitles(dpc('e->n += 1;'));
  expect(others).toEqual([]);
  expect(title).toMatch(
    /^7: \d+-\d+ cycles alone, [\d.k-]+ among 4 \(skylake-sp\) \| AtDpcLevel saves \d+-\d+ \| run$/,
  );
});

it('does not promise a saving where the level is not DISPATCH_LEVEL', () => {
  const text = dpc('e->n += 1;').replace('KDEFERRED_ROUTINE Dpc;\n', 'DRIVER_UNLOAD Dpc;\n');
  expect(lensTitles(text)[0]).not.toContain('saves');
});

it('changes with the statements that the lock guards, with the profile and with the CPUs', () => {
  const short = lensTitles(dpc('e->n += 1;'))[0];
  const long = lensTitles(dpc('for (;;) { e->n += DbgPrint("x"); if (e->n) break; }'))[0];
  expect(long).not.toBe(short);
  expect(lensTitles(dpc('e->n += 1;'), { profile: 'zen3-milan' })[0]).toContain('zen3-milan');
  expect(lensTitles(dpc('e->n += 1;'), { cpus: 1 })[0]).not.toContain('among');
  expect(lensTitles(dpc('e->n += 1;'), { codeLens: false })).toEqual([]);
});

it('runs the deadlock where one is reported', () => {
  const titles = lensTitles(`typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT o)
{
    PEXT e = o->DriverExtension;
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n = 0;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
}
`);
  expect(titles).toHaveLength(1);
  expect(titles[0]).toMatch(/^6: .* cycles alone.* \| run the deadlock$/);
});
