// Code actions: fixes, fix all, suppression, annotation.
import { expect, it } from 'vitest';
import { actionsAt, applyAction, reportsOf } from './checkFeature.ts';

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

/** What the action writes into every file, and the annotation rules' reports of the result. */
function annotated(text: string): {
  readonly files: ReadonlyMap<string, string>;
  readonly reports: readonly string[];
} {
  const files = applyAction(text, 'Write the inferred annotation');
  const reports = reportsOf(files).filter((rule) => rule.startsWith('annotation-'));
  return { files, reports };
}

const TWO_FILES = `//- /ext.h
typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;

VOID
Enter(PEXT Ext, PKIRQL Old);
//- /ext.c
#include "ext.h"

VOID
En$0ter(PEXT Ext, PKIRQL Old)
{
    KeAcquireSpinLock(&Ext->Lock, Old);
}
`;

it('writes it on the definition and on the declaration, and nothing is left to report', () => {
  const { files, reports } = annotated(TWO_FILES);
  for (const text of files.values()) {
    expect(text).toMatch(
      /_IRQL_requires_max_\(DISPATCH_LEVEL\)\n_IRQL_raises_\(DISPATCH_LEVEL\)\n_Acquires_lock_\(Ext->Lock\)\nVOID\nEnter\(PEXT Ext, _IRQL_saves_ PKIRQL Old\)/,
    );
  }
  expect(reports).toEqual([]);
});

it('writes each file in its own style, and no lock where the parameters are called otherwise', () => {
  const drv = TWO_FILES.replace(
    'Enter(PEXT Ext, PKIRQL Old);',
    'Enter(PEXT E, PKIRQL O);\n__drv_maxIRQL(APC_LEVEL)\nVOID\nOther(PEXT E);',
  );
  const header = annotated(drv).files.get('/ext.h');
  expect(header).toContain(
    '__drv_maxIRQL(DISPATCH_LEVEL)\n__drv_raisesIRQL(DISPATCH_LEVEL)\nVOID\nEnter(PEXT E, __drv_savesIRQL PKIRQL O);',
  );
  expect(annotated(drv).reports).toEqual([]);
});

it('writes nothing for a body that can be called at no level', () => {
  const actions = actionsAt(`VOID Pe$0ek(PKSPIN_LOCK l)
{
    PAGED_CODE();
    KeAcquireSpinLockAtDpcLevel(l);
    KeReleaseSpinLockFromDpcLevel(l);
}
`);
  expect(actions.filter(({ title }) => title.startsWith('Write'))).toEqual([]);
});
