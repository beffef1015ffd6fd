import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { buildContract, type PlacedAnnotation } from '../../../server/src/analysis/sal/buildContract.ts';
import { resolveContract, unknownEnvironment } from '../../../server/src/analysis/sal/resolveContract.ts';
import { splitAnnotations } from '../../../server/src/analysis/sal/splitAnnotations.ts';
import {
  styleOf,
  writeAnnotation,
  type AnnotationFacts,
} from '../../../server/src/analysis/sal/writeAnnotation.ts';
import { range } from '../../../server/src/protocol/irqlLevels.ts';

const x64 = (facts: Omit<AnnotationFacts, 'arch'>): AnnotationFacts => ({ arch: 'x64', ...facts });

describe('writing annotations', () => {
  it.each([
    [{ requires: { min: 0, max: 1 } }, ['_IRQL_requires_max_(APC_LEVEL)']],
    [{ requires: { min: 2, max: 2 } }, ['_IRQL_requires_(DISPATCH_LEVEL)']],
    [
      { requires: { min: 2, max: 15 } },
      ['_IRQL_requires_min_(DISPATCH_LEVEL)', '_IRQL_requires_max_(HIGH_LEVEL)'],
    ],
    [{ requires: { min: 0, max: 15 } }, []],
    [
      { requires: { min: 0, max: 15 }, isSame: true },
      ['_IRQL_requires_max_(HIGH_LEVEL)', '_IRQL_requires_same_'],
    ],
    [{ requires: { min: 0, max: 11 } }, ['_IRQL_requires_max_(HIGH_LEVEL)']],
    [
      { requires: { min: 0, max: 2 }, raisesTo: 2, saves: [-1] },
      ['_IRQL_requires_max_(DISPATCH_LEVEL)', '_IRQL_raises_(DISPATCH_LEVEL)', '_IRQL_saves_'],
    ],
    [
      { acquires: [{ expression: 'p->Lock', mode: 'exclusive', when: 'return != 0' }] },
      ['_When_(return != 0, _Acquires_exclusive_lock_(p->Lock))'],
    ],
    [
      { releases: [{ expression: 'p->Lock' }], requiresHeld: [{ expression: 'p->Lock', mode: 'shared' }] },
      ['_Requires_shared_lock_held_(p->Lock)', '_Releases_lock_(p->Lock)'],
    ],
    [{}, []],
  ] as const)('%j', (facts, lines) => {
    expect(writeAnnotation(x64(facts), 'modern').onFunction).toEqual(lines);
  });

  it('marks parameters', () => {
    const text = writeAnnotation(x64({ saves: [1], restores: [1, 2] }), 'modern');
    expect([...text.onParameters]).toEqual([
      [1, '_IRQL_saves_ _IRQL_restores_'],
      [2, '_IRQL_restores_'],
    ]);
  });

  it('writes the older spelling', () => {
    expect(writeAnnotation(x64({ requires: { min: 0, max: 1 }, isSame: true }), 'drv').onFunction).toEqual([
      '__drv_maxIRQL(APC_LEVEL)',
      '__drv_sameIRQL',
    ]);
  });

  it.each([
    [['_In_', '_IRQL_requires_max_', '__drv_maxIRQL'], 'modern'],
    [['__drv_maxIRQL', '__in'], 'drv'],
    [['__drv_aliasesMem', '_In_'], 'modern'],
    [[], 'modern'],
  ] as const)('the style of %j is %s', (names, style) => {
    expect(styleOf(names)).toBe(style);
  });

  it('is read back as it was meant, in both styles', () => {
    const bounds = fc
      .tuple(fc.constantFrom(0, 1, 2), fc.constantFrom(0, 1, 2, 15))
      .filter(([min, max]) => min <= max);
    fc.assert(
      fc.property(
        bounds,
        fc.boolean(),
        fc.constantFrom('modern' as const, 'drv' as const),
        ([min, max], isSame, style) => {
          fc.pre(isSame || !(min === 0 && max === 15));
          const { onFunction } = writeAnnotation(x64({ requires: { min, max }, isSame }), style);
          const annotations = (splitAnnotations(onFunction.join('\n')) ?? []).map(
            (one): PlacedAnnotation => ({ annotation: { ...one, start: 0, end: 0 } }),
          );
          const read = resolveContract(
            buildContract(annotations, { arch: 'x64', parameters: [] }),
            unknownEnvironment('x64'),
          );
          expect(read.requirement?.levels).toBe(range(min, max));
          expect(read.requiresSame).toBe(isSame ? 'true' : 'false');
        },
      ),
    );
  });
});
