import { describe, expect, it } from 'vitest';
import { compareFiles } from '../../scripts/accuracy.ts';

/** Outcomes as "function: what outcome". */
function outcomesOf(text: string): string[] {
  return compareFiles(new Map([['driver.c', text]])).outcomes.flatMap(({ unit, outcomes }) =>
    outcomes.map(({ tally, outcome }) => `${unit.name}: ${tally} ${outcome}`),
  );
}

describe('comparison with annotations', () => {
  it('hides them from the inference', () => {
    expect(
      outcomesOf(`#include <ntddk.h>
_IRQL_requires_max_(DISPATCH_LEVEL) VOID Wider(PVOID Memory) { ZwClose(Memory); }
_IRQL_requires_max_(PASSIVE_LEVEL) VOID Equal(PVOID Handle) { ZwClose(Handle); }
_IRQL_requires_max_(PASSIVE_LEVEL) VOID Free(int *Count) { *Count += 1; }
`),
    ).toEqual(['Wider: max stricter', 'Equal: max equal', 'Free: max looser']);
  });

  it('leaves PAGED_CODE visible', () => {
    expect(
      outcomesOf(`#include <ntddk.h>
_IRQL_requires_max_(APC_LEVEL) VOID Paged(VOID) { PAGED_CODE(); }
`),
    ).toEqual(['Paged: max equal']);
  });

  it('judges the exit only where it is known', () => {
    expect(
      outcomesOf(`#include <ntddk.h>
_IRQL_requires_same_ VOID Same(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
}
_IRQL_requires_same_ VOID Leaks(PKSPIN_LOCK Lock, PKIRQL Irql) { KeAcquireSpinLock(Lock, Irql); }
_IRQL_requires_same_ VOID Asks(VOID) { SomethingElsewhere(); }
`),
    ).toEqual(['Same: same proved', 'Leaks: same refuted', 'Asks: same not known']);
  });
});
