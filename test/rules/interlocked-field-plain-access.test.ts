import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('interlocked-field-plain-access', () => {
  it('assignments, and increments with the fix', () => {
    checkRule(
      'interlocked-field-plain-access',
      `${TYPES}
typedef struct _COUNTER {
    _Interlocked_ volatile LONG Value;
    LONG Plain;
} COUNTER, *PCOUNTER;
VOID AddBad(PCOUNTER Counter)
{
    Counter->Value += 2;
//  ^^^^^^^^^^^^^^^^^^^ Counter->Value
    Counter->Value--;
//  ^^^^^^^^^^^^^^^^ interlocked
    Counter->Value = 0;
//  ^^^^^^^^^^^^^^^^^^ lost
}
`,
    );
  });

  it('interlocked routines, reads, other fields, and the time before anybody knows the object', () => {
    checkRule(
      'interlocked-field-plain-access',
      `${TYPES}
typedef struct _COUNTER {
    _Interlocked_ LONG Value;
    LONG Plain;
    KSPIN_LOCK Lock;
} COUNTER, *PCOUNTER;
LONG UseOk(PCOUNTER Counter)
{
    InterlockedExchangeAdd(&Counter->Value, 2);
    Counter->Plain++;
    return Counter->Value;
}
VOID InitOk(PCOUNTER Counter)
{
    KeInitializeSpinLock(&Counter->Lock);
    Counter->Value = 1;
}
`,
    );
  });
});
