import { describe, expect, it } from 'vitest';
import { checkFile } from '../../server/src/rules/checkProgram.ts';
import { analyzeFiles } from '../harness/analyzeFiles.ts';
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

  it('floats and their constants on x86', () => {
    const text = `#include <wdm.h>
VOID LocalBad(PLONG Count) { float factor = 2; *Count = (LONG)(*Count * factor); }
VOID ConstantBad(PLONG Count) { *Count = (LONG)(*Count * 1.5f); }
double HeadOk(double Value) { return Value * 1.5; }
VOID IntegerOk(PLONG Count) { *Count = *Count * 0x1F + 15; }
`;
    const { program, analysis } = analyzeFiles(new Map([['/driver.c', text]]), { arch: 'x86' });
    const file = program.files.get('/driver.c');
    const only = ['float-state-unprotected'];
    const found =
      file === undefined ? [] : checkFile(program, analysis, file, { severities: {}, only }).findings;
    expect(found.map((finding) => finding.function)).toEqual(['LocalBad', 'ConstantBad']);
  });
});
