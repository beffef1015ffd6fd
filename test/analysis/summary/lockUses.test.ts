/** What a summary says of the locks that a function takes: for the rules about order and levels. */
import { expect, it } from 'vitest';
import { analyzeFiles } from '../../harness/analyzeFiles.ts';

const SOURCE = `#include <wdm.h>
typedef struct _QUEUE { KSPIN_LOCK Lock; KSPIN_LOCK Inner; LONG Count; } QUEUE, *PQUEUE;
static VOID HandOn(PQUEUE Queue)
{
    KeReleaseSpinLockFromDpcLevel(&Queue->Inner);
    KeAcquireSpinLockAtDpcLevel(&Queue->Lock);
    KeReleaseSpinLockFromDpcLevel(&Queue->Lock);
    KeAcquireSpinLockAtDpcLevel(&Queue->Inner);
}
`;

it('names the locks of the caller that were released before the use', () => {
  const { program, analysis } = analyzeFiles(new Map([['/queue.c', SOURCE]]));
  const unit = program.functions.find(({ name }) => name === 'HandOn');
  const uses = analysis.summaryOf(unit?.id ?? -1).locksTaken;
  const said = uses.map(({ lock, heldBefore, releasedBefore }) => [
    lock.lockClass,
    heldBefore.map(({ lockClass }) => lockClass),
    releasedBefore.map(({ lockClass }) => lockClass),
  ]);
  expect(said).toEqual([
    ['QUEUE.Lock', [], ['QUEUE.Inner']],
    ['QUEUE.Inner', [], ['QUEUE.Inner']],
  ]);
});
