import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('lock-on-stack', () => {
  it('a local lock', () => {
    checkRule(
      'lock-on-stack',
      `
#include <wdm.h>
VOID DrainBad(PLIST_ENTRY Head)
{
    KSPIN_LOCK lock;
//  ^^^^^^^^^^^^^^^^ on the stack
    KeInitializeSpinLock(&lock);
    ExInterlockedRemoveHeadList(Head, &lock);
}
`,
    );
  });

  it('a pointer, a static and a queue handle', () => {
    checkRule(
      'lock-on-stack',
      `
#include <wdm.h>
VOID DrainOk(PLIST_ENTRY Head, PKSPIN_LOCK Given)
{
    PKSPIN_LOCK lock = Given;
    static KSPIN_LOCK s_Lock;
    ExInterlockedRemoveHeadList(Head, lock);
    ExInterlockedRemoveHeadList(Head, &s_Lock);
}
`,
    );
  });
});
