import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('callback-under-spin-lock', () => {
  it('a pointer in a struct', () => {
    checkRule(
      'callback-under-spin-lock',
      `
#include <wdm.h>
typedef struct _CLIENT {
    KSPIN_LOCK Lock;
    VOID (*Notify)(PVOID Context);
} CLIENT, *PCLIENT;
VOID TellBad(PCLIENT Client)
{
    KIRQL irql;
    KeAcquireSpinLock(&Client->Lock, &irql);
    Client->Notify(Client);
//  ^^^^^^^^^^^^^^^^^^^^^^ Client->Notify is called while
    KeReleaseSpinLock(&Client->Lock, irql);
}
`,
    );
  });

  it('after the release', () => {
    checkRule(
      'callback-under-spin-lock',
      `
#include <wdm.h>
typedef struct _CLIENT {
    KSPIN_LOCK Lock;
    VOID (*Notify)(PVOID Context);
} CLIENT, *PCLIENT;
VOID TellOk(PCLIENT Client)
{
    KIRQL irql;
    KeAcquireSpinLock(&Client->Lock, &irql);
    KeReleaseSpinLock(&Client->Lock, irql);
    Client->Notify(Client);
}
`,
    );
  });
});
