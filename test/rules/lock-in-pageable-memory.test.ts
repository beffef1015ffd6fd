import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('lock-in-pageable-memory', () => {
  it('a struct with a lock', () => {
    checkRule(
      'lock-in-pageable-memory',
      `${TYPES}
PVOID CreateBad(VOID)
{
    return ExAllocatePoolWithTag(PagedPool, sizeof(DEVICE_EXTENSION), 'tseT');
//         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ KSPIN_LOCK
}
PVOID CreateNewBad(VOID)
{
    return ExAllocatePool2(POOL_FLAG_PAGED, sizeof(DEVICE_EXTENSION), 'tseT');
//         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ KSPIN_LOCK
}
`,
    );
  });

  it('non-paged, or without locks', () => {
    checkRule(
      'lock-in-pageable-memory',
      `${TYPES}
typedef struct _NAME {
    ULONG Length;
    PKEVENT Event;
} NAME;
PVOID CreateOk(VOID)
{
    return ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(DEVICE_EXTENSION), 'tseT');
}
PVOID CreateNameOk(VOID)
{
    return ExAllocatePoolWithTag(PagedPool, sizeof(NAME), 'tseT');
}
`,
    );
  });
});
