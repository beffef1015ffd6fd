import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('annotation-invalid', () => {
  it('a level that does not exist', () => {
    checkRule(
      'annotation-invalid',
      `${TYPES}
   _IRQL_requires_max_(16)
// ^^^^^^^^^^^^^^^^^^^^^^^ correct it
VOID LevelBad(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
}
`,
    );
  });

  it('a level by an expression, and an in-house constant', () => {
    checkRule(
      'annotation-invalid',
      `${TYPES}
_IRQL_requires_max_(DISPATCH_LEVEL + 1)
VOID ExpressionOk(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
}
_IRQL_requires_max_(MY_DEVICE_LEVEL)
VOID ConstantOk(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
}
`,
    );
  });
});
