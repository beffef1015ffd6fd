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

  it('a misspelt level, a string, a variable; a constant of the driver may be right', () => {
    checkRule(
      'annotation-invalid',
      `
#include <wdm.h>
KIRQL CurrentLevel;
   _IRQL_requires_max_(DISPACH_LEVEL)
// ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ DISPATCH_LEVEL is probably meant
VOID MisspeltBad(VOID) { }
   _IRQL_requires_max_("DISPATCH_LEVEL")
// ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not a string
VOID StringBad(VOID) { }
   _IRQL_requires_max_(CurrentLevel)
// ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a variable
VOID VariableBad(VOID) { }
_IRQL_requires_max_(MY_HIGHEST_LEVEL)
VOID ConstantOk(VOID) { }
`,
    );
  });
});
