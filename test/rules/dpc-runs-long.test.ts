import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('dpc-runs-long', () => {
  it('loops in loops in a DPC, and a short one', () => {
    checkRule(
      'dpc-runs-long',
      `${TYPES}
KDEFERRED_ROUTINE LongBad;
VOID LongBad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
//   ^^^^^^^ a DPC should take no more than 100 us
{
    PDEVICE_EXTENSION ext = Context;
    ULONG i, j, k, l, m;
    for (i = 0; i < 64; i++)
        for (j = 0; j < 64; j++)
            for (k = 0; k < 64; k++)
                for (l = 0; l < 64; l++)
                    for (m = 0; m < 64; m++)
                        ext->Count += i * j + k * l + m;
}
KDEFERRED_ROUTINE ShortOk;
VOID ShortOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PDEVICE_EXTENSION ext = Context;
    ext->Count += 1;
}
VOID ThreadOk(PDEVICE_EXTENSION ext)
{
    ULONG i, j, k, l, m;
    for (i = 0; i < 64; i++)
        for (j = 0; j < 64; j++)
            for (k = 0; k < 64; k++)
                for (l = 0; l < 64; l++)
                    for (m = 0; m < 64; m++)
                        ext->Count += i * j + k * l + m;
}
`,
    );
  });
});
