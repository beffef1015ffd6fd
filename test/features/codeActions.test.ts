// Code actions: fixes, fix all, suppression, annotation.
import { expect, it } from 'vitest';
import { actionsAt } from './checkFeature.ts';

const TWICE = `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b)
{
    PEXT e = c;
    KIRQL old;
    KeAcquire$0SpinLock(&e->Lock, &old);
    e->n += 1;
    KeReleaseSpinLock(&e->Lock, old);
    KeAcquireSpinLock(&e->Lock, &old);
    e->n += 2;
    KeReleaseSpinLock(&e->Lock, old);
}
`;

it('mends one finding, or all of the rule in the file', () => {
  const actions = actionsAt(TWICE);
  const one = actions.find(({ title }) => title.includes('AtDpcLevel'));
  expect(one?.after.match(/AtDpcLevel/g)).toHaveLength(1);
  expect(one?.after.match(/FromDpcLevel/g)).toHaveLength(1);
  const all = actions.find(({ title }) => title.startsWith("Fix all 'redundant-irql-raise'"));
  expect(all?.after.match(/KeAcquireSpinLockAtDpcLevel/g)).toHaveLength(2);
  expect(all?.after).not.toContain('KeAcquireSpinLock(');
});

it('suppresses with a comment above, in the line ends of the file', () => {
  const suppress = (text: string) => actionsAt(text).find(({ title }) => title.startsWith('Suppress'))?.after;
  expect(suppress(TWICE)).toContain(
    '    // irql-lens-ignore redundant-irql-raise: say why\n    KeAcquireSpinLock(',
  );
  expect(suppress(TWICE.replaceAll('\n', '\r\n'))).toContain('say why\r\n    KeAcquireSpinLock(');
});

it('writes the annotation that is proved', () => {
  const actions = actionsAt(`VOID Hel$0per(PKSPIN_LOCK l)
{
    KeAcquireSpinLockAtDpcLevel(l);
    KeReleaseSpinLockFromDpcLevel(l);
}
`);
  const write = actions.find(({ title }) => title.startsWith('Write the inferred annotation'));
  expect(write?.after).toMatch(/_IRQL_requires[^\n]*DISPATCH_LEVEL/);
});
