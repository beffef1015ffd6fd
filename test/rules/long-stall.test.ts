import { describe, expect, it } from 'vitest';
import { checkFile } from '../../server/src/rules/checkProgram.ts';
import { analyzeFiles } from '../harness/analyzeFiles.ts';
import { checkRule } from '../harness/checkRule.ts';

describe('long-stall', () => {
  it('a DPC and an ISR', () => {
    checkRule(
      'long-stall',
      `
#include <wdm.h>
KDEFERRED_ROUTINE TickBad;
VOID TickBad(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeStallExecutionProcessor(500);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 500 us at DISPATCH_LEVEL
}
KSERVICE_ROUTINE IsrBad;
BOOLEAN IsrBad(PKINTERRUPT Interrupt, PVOID Context)
{
    KeStallExecutionProcessor(50);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ 50 us
    return TRUE;
}
`,
    );
  });

  it('short, but in a counted loop', () => {
    checkRule(
      'long-stall',
      `
#include <wdm.h>
KDEFERRED_ROUTINE PollBad;
VOID PollBad(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    ULONG i;
    for (i = 0; i < 40; i++) {
        KeStallExecutionProcessor(10);
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ for 400 us at DISPATCH_LEVEL in 40 rounds
    }
    for (i = 0; i < 5; i++) {
        KeStallExecutionProcessor(10);
    }
}
`,
    );
  });

  it('short, or at an unknown level', () => {
    checkRule(
      'long-stall',
      `
#include <wdm.h>
KDEFERRED_ROUTINE TickOk;
VOID TickOk(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeStallExecutionProcessor(50);
}
VOID ResetOk(ULONG Time)
{
    KeStallExecutionProcessor(500);
    KeStallExecutionProcessor(Time);
}
`,
    );
  });

  it('longer than a threshold of the user', () => {
    const { program, analysis } = analyzeFiles(
      new Map([
        [
          '/driver.c',
          `#include <wdm.h>
KDEFERRED_ROUTINE Tick;
VOID Tick(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    KeStallExecutionProcessor(60);
}
`,
        ],
      ]),
    );
    const file = program.files.get('/driver.c');
    const found = (dpcMicroseconds: number): string[] =>
      file === undefined
        ? []
        : checkFile(program, analysis, file, {
            severities: {},
            only: ['long-stall'],
            limits: { dpcMicroseconds, isrMicroseconds: 25, clockGHz: 3 },
          }).findings.map(({ message }) => message);
    expect(found(100)).toEqual([]);
    expect(found(50).join()).toContain('no more than 50 us');
  });
});
