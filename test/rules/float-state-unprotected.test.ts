import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('float-state-unprotected', () => {
  it('AVX without a save', () => {
    checkRule(
      'float-state-unprotected',
      `
#include <wdm.h>
VOID SumBad(PVOID From, PVOID To)
{
    __m256i value = _mm256_loadu_si256(From);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ KeSaveExtendedProcessorState
    _mm256_storeu_si256(To, value);
}
`,
    );
  });

  it('saved, marked, or a float on x64', () => {
    checkRule(
      'float-state-unprotected',
      `
#include <wdm.h>
VOID SumOk(PVOID From, PVOID To)
{
    XSTATE_SAVE save;
    if (NT_SUCCESS(KeSaveExtendedProcessorState(XSTATE_MASK_AVX, &save))) {
        __m256i value = _mm256_loadu_si256(From);
        _mm256_storeu_si256(To, value);
        KeRestoreExtendedProcessorState(&save);
    }
}
_Kernel_float_used_
VOID SumInsideOk(PVOID From, PVOID To)
{
    __m256i value = _mm256_loadu_si256(From);
    _mm256_storeu_si256(To, value);
}
ULONG HalfOk(ULONG Value)
{
    double half = Value * 0.5;
    return (ULONG)half;
}
`,
    );
  });
});
